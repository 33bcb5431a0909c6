"""The examples that `docs/actions.md` gives a site are files that work."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from agent_assist.assist.actions import load_actions, shipped_actions
from agent_assist.assist.tactics import load_tactics, shipped_tactics
from agent_assist.paths import Places

DOCS = Path(__file__).parents[2] / "docs" / "actions.md"


def test_the_examples_are_files_that_a_site_can_use(places: Places) -> None:
    places.create()
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    for block in map(textwrap.dedent, blocks):
        name = re.search(r"# (\w+\.toml)", block)
        assert name is not None
        (places.home / name[1]).write_text(block, encoding="utf-8")
    assert load_actions(places) != shipped_actions()
    assert load_tactics(places) != shipped_tactics()
