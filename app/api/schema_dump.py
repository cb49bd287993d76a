"""Print the wire models as an OpenAPI document, so that the browser's types are generated from them."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
from types import ModuleType

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import app.api


def components() -> dict[str, object]:
    """All wire models as `components.schemas`, whether or not a route uses them."""
    kinds = [
        (value, "serialization")
        for module in _model_modules()
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, BaseModel) and value.__module__ == module.__name__
    ]
    _, schema = models_json_schema(kinds, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return dict(schema.get("$defs", {}))


def _model_modules() -> list[ModuleType]:
    """`app.api.models` and its slices, `app.api.models_*`."""
    names = [each.name for each in pkgutil.iter_modules(app.api.__path__) if each.name.startswith("models")]
    return [importlib.import_module(f"app.api.{name}") for name in sorted(names)]


def main() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Patchbay wire models", "version": "1"},
        "paths": {},
        "components": {"schemas": components()},
    }
    json.dump(document, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
