"""Print the wire models as an OpenAPI document, so that the browser's types are generated from them."""

from __future__ import annotations

import inspect
import json
import sys

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api import models


def components() -> dict[str, object]:
    """All wire models as `components.schemas`, whether or not a route uses them."""
    kinds = [
        (value, "serialization")
        for value in vars(models).values()
        if inspect.isclass(value) and issubclass(value, BaseModel) and value.__module__ == models.__name__
    ]
    _, schema = models_json_schema(kinds, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return dict(schema.get("$defs", {}))


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
