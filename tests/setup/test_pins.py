from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINS = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8")


def plain(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in PINS.splitlines()]
    pairs = [line.split("==") for line in lines if line]
    assert all(len(pair) == 2 for pair in pairs)
    return {plain(name): version for name, version in pairs}


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {plain(re.split(r"[^A-Za-z0-9._-]", requirement)[0]) for requirement in wanted}
    assert "pyside6-essentials" in names
    assert names - pinned().keys() == set()


def test_the_pins_name_no_place_to_get_them_from() -> None:
    assert not re.search(r"://| @ |^-", PINS, re.MULTILINE)
