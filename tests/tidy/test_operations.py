"""The page for operators names every setting, no other, and the defaults that hold."""

from __future__ import annotations

import re

from pydantic import SecretStr

from app.settings import Settings
from tests.tidy import tree

ROW = re.compile(r"^\| (`PATCHBAY_[^|]+) \| ([^|]*) \|", re.MULTILINE)


def documented() -> dict[str, str]:
    """The default that the page states, by setting; settings that share a row share its columns in order."""
    text = (tree.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for names, default in ROW.findall(text):
        variables = re.findall(r"`PATCHBAY_(\w+)`", names)
        defaults = (
            default.split(", ") if len(variables) > 1 and ", " in default else [default] * len(variables)
        )
        found |= {v.lower(): d.strip() for v, d in zip(variables, defaults, strict=True)}
    return found


def test_every_setting_is_documented_and_no_other() -> None:
    assert documented().keys() == Settings.model_fields.keys()


def test_the_defaults_on_the_page_are_the_defaults() -> None:
    wrong = {}
    for name, stated in documented().items():
        field = Settings.model_fields[name]
        default = field.default
        if field.default_factory is not None or not stated.startswith("`"):
            continue
        plain = default.get_secret_value() if isinstance(default, SecretStr) else default
        shown = (
            f"{plain:g}" if isinstance(plain, float) else str(plain).lower() if plain is False else str(plain)
        )
        if stated != f"`{shown}`" and plain not in ("", None, ()):
            wrong[name] = f"page {stated}, code `{shown}`"
    assert wrong == {}


def test_containers_speak_on_the_default_port() -> None:
    port = str(Settings.model_fields["port"].default)
    for name in ("Dockerfile", "compose.yaml"):
        assert port in (tree.ROOT / name).read_text(encoding="utf-8"), name
