from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import agent_assist
from agent_assist.errors import KnownError
from agent_assist.privacy.policy import read_content
from agent_assist.settings import OPTIONS, Option

HEAD = 'title = "T"\nserial = 1\n'


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ("titel = 'x'\n", 3, "there is no entry titel (did you mean title?)"),
        ("[locks]\n", 3, "did you mean lock?"),
        ('[lock]\n"privacy.exprot" = false\n', 4, "there is no option privacy.exprot, but there is privacy.export"),
        ("[lock]\nprivacy.export = 1\n", 4, "privacy.export must be a yes or no"),
        ("[lock.privacy]\nexport = true\nkeep_days = -1\n", 5, "privacy.keep_days must be at least 0"),
        ("[lock]\n# one\n\nwindow . theme = 'pink'\n", 6, "must be one of system, light, dark"),
        ("[lock]\nprivacy.export=true\n[why]\nprivacy.exports = 'x'\n", 6, "which is not locked"),
        ("[lock]\nprivacy.export=true\n[why]\nprivacy.export = 7\n", 6, "must be a text on one line"),
        ("[promises.a]\nsay = 'x'\nupto = '20 EUR'\n", 5, "a promise has no upto (did you mean up_to?)"),
        ("[promises.a]\nphrases = ['x']\n", 3, "lacks what to say"),
        ("[promises.a]\nsay = 'x'\nphrases = 'x'\n", 5, "must be a list of texts"),
        ("[network]\nendpoint = ['10.0.0.1:1']\n", 4, "did you mean endpoints?"),
        ("[network]\nendpoints = ['8.8.8.8:53']\n", 4, "no address of a local network"),
        ("[network]\nendpoints = ['10.0.0.1']\n", 4, "must name hosts with ports"),
        ("[network]\nendpoints = ['http://x.local:80']\n", 4, "must name hosts with ports"),
        ("[network]\nendpoints = ['a.local:70000']\n", 4, "must name hosts with ports"),
        ("[network]\nendpoints = ['999.1.1.1:80']\n", 4, "must name hosts with ports"),
        ("lock = 3\n", 3, "must be a table"),
        ('contact = "a\\nb"\n', 3, "contact must be a text on one line"),
    ],
)
def test_what_is_not_right_is_told_with_its_line(more: str, line: int, words: str) -> None:
    with pytest.raises(KnownError) as caught:
        read_content((HEAD + more).encode(), "policy.toml")
    assert words in str(caught.value)
    assert not line or f"policy.toml, line {line}:" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"serial = 1\n", "title is missing"),
        (b"title = 'T'\n", "serial must be a whole number"),
        (b"title = 'T'\nserial = 0\n", "line 2: serial must be"),
        (b"title = 'T'\nserial = true\n", "serial must be"),
        (b"title = \n", "no TOML"),
        (b"title = " + b"[" * 100_000, "no TOML"),
        (b"\xff\xfe", "not in UTF-8"),
    ],
)
def test_a_file_that_is_no_policy_is_told(data: bytes, words: str) -> None:
    with pytest.raises(KnownError, match=words):
        read_content(data, "policy.toml")


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_any_option_can_be_locked(option: Option[Any]) -> None:
    value = str(option.default).lower() if isinstance(option.default, bool) else repr(option.default)
    made = read_content(f'{HEAD}[lock]\n"{option.name}" = {value}\n[why]\n{option.name} = "So it is."'.encode(), "p")
    assert dict(made.fixed) == {option.name: option.default}
    assert dict(made.why) == {option.name: "So it is."}


def test_what_the_documentation_says_is_right() -> None:
    text = (Path(agent_assist.__file__).parents[1] / "docs" / "policy.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert read_content(example.encode(), "docs/policy.md").title == "Clinic desk"
    named = set(re.findall(r"`((?:privacy|history|ways|llm|assist|backup|window)\.\w+)`", text))
    assert len(named) > 12
    assert named <= {option.name for option in OPTIONS}


def test_an_ipv6_endpoint_and_a_byte_order_mark_are_read() -> None:
    made = read_content(b"\xef\xbb\xbf" + f"{HEAD}[network]\nendpoints = ['[fd00::5]:80']".encode(), "p")
    assert made.endpoints == (("fd00::5", 80),)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: HEAD.encode() + t.encode("utf-8", "replace")))
@settings(max_examples=200, deadline=None)
def test_any_file_is_read_or_refused_kindly(data: bytes) -> None:
    try:
        assert read_content(data, "p").title
    except KnownError as error:
        assert str(error).startswith("The policy p")
