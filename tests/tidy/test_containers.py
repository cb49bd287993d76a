"""The container files agree with the settings and with each other. No engine is needed to read them."""

from __future__ import annotations

import re
from typing import Any

import yaml

from app.settings import Settings
from tests.tidy import tree


def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((tree.ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def stages() -> list[list[str]]:
    """The Dockerfile's instructions, joined over line ends, by stage."""
    text = (tree.ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    instructions = [one.strip() for one in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines() if one.strip()]
    found: list[list[str]] = []
    for instruction in instructions:
        if instruction.startswith("FROM "):
            found.append([])
        found[-1].append(instruction)
    return found


def test_every_variable_that_compose_sets_is_a_setting() -> None:
    fields = set(Settings.model_fields)
    for service in compose()["services"].values():
        for name in service.get("environment", {}):
            if name.startswith("PATCHBAY_"):
                assert name.removeprefix("PATCHBAY_").lower() in fields, name


def test_there_is_a_way_with_and_without_a_database_server() -> None:
    services = compose()["services"]
    by_profile = {
        profile: {name for name, service in services.items() if profile in service["profiles"]}
        for profile in ("embedded", "postgres")
    }
    assert by_profile == {
        "embedded": {"patchbay"},
        "postgres": {"patchbay-postgres", "postgres", "redis"},
    }


def test_what_waits_for_another_service_waits_for_its_health() -> None:
    services = compose()["services"]
    for service in services.values():
        for other, condition in service.get("depends_on", {}).items():
            assert condition == {"condition": "service_healthy"}
            assert "healthcheck" in services[other]


def test_named_volumes_are_declared_and_databases_are_not_reachable_from_outside() -> None:
    whole = compose()
    for service in whole["services"].values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in whole["volumes"]
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")


def test_the_image_is_made_in_stages_and_runs_without_root() -> None:
    final = stages()[-1]
    assert len(stages()) >= 3
    user = next(i for i, line in enumerate(final) if line.startswith("USER "))
    assert final[user] == "USER patchbay"
    assert not any(line.startswith("RUN ") for line in final[user:])
    assert any(line.startswith("HEALTHCHECK ") and "/healthz" in line for line in final)


def test_every_file_the_image_copies_by_name_exists() -> None:
    for stage in stages():
        for line in stage:
            words = line.split()
            if words[0] != "COPY" or words[1].startswith("--from"):
                continue
            for source in words[1:-1]:
                assert (tree.ROOT / source).exists(), line


def test_the_health_check_is_a_program_that_compiles() -> None:
    line = next(line for line in stages()[-1] if line.startswith("HEALTHCHECK "))
    command = yaml.safe_load(line[line.index("[") :])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "healthcheck", "exec")
