"""The commands that a site is told to type exist."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

import pytest

import agent_assist
from agent_assist.cli.parser import make_parser

DOCS = Path(agent_assist.__file__).parents[1] / "docs"
PAGES = ("policy.md", "privacy.md", "security.md")


def commands(text: str) -> set[tuple[str, ...]]:
    """The words of each command in code, up to the first that is none of ours: a file, a placeholder, an option."""
    code = [*re.findall(r"(?<!`)`([^`]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))]
    code += [line for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    found = [one.split("agent-assist ", 1)[1].split() for one in code if "agent-assist " in one]
    return {tuple(takewhile(re.compile(r"[a-z][a-z-]*").fullmatch, words)) for words in found}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_in_the_documentation_is_known(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in commands((DOCS / page).read_text(encoding="utf-8")):
        with pytest.raises(SystemExit) as end:
            make_parser().parse_args([*words, "--help"])
        assert end.value.code == 0, f"{page}: there is no agent-assist {' '.join(words)}"
        capsys.readouterr()


def test_a_command_that_is_not_known_would_be_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands("see `agent-assist policy sign x.toml` and\n```\nagent-assist audit verify\n```\n") == {
        ("policy", "sign"),
        ("audit", "verify"),
    }
    with pytest.raises(SystemExit) as end:
        make_parser().parse_args(["history", "rekey", "--help"])
    assert end.value.code == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("page", [*PAGES, "notice-for-customers.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (DOCS / page).read_text(encoding="utf-8")):
        assert (DOCS / target).exists(), target
