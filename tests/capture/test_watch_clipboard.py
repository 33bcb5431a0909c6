"""What of a copy may be offered: no secrets, nothing of denied programs, and only what is surely a conversation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.capture.watch.clipboard import LONGEST, LastOffered, is_mark, is_secret, offer_of
from agent_assist.capture.watch.programs import is_denied

_ROOT = Path(__file__).parents[2]
_FIXTURES = Path(__file__).parent / "fixtures"
TOLD = "Customer: hi, my parcel is late\nAgent: let me look\n"
NAMED = (
    "Maria: hi, my parcel is late and nobody answers\n"
    "Tom: Hello Maria, thank you for contacting us. Can I have your order number?\n"
)
STACKED = "Maria\n10:02 AM\nhi, my parcel is late\n\nTom\n10:03 AM\nlet me look, sorry for that\n"
DESK = '{"turns": [{"speaker": "customer", "text": "late again"}, {"speaker": "agent", "text": "let me look"}]}'

NO_TALKS = {
    "code": (_ROOT / "ui" / "flow.py").read_text(encoding="utf-8"),
    "settings": (_ROOT / "pyproject.toml").read_text(encoding="utf-8"),
    "prose": (_ROOT / "README.md").read_text(encoding="utf-8"),
    "recipe": "Pancakes\n\nIngredients:\n- 2 eggs\n- milk\n\nMethod: mix it all.\nNote: do not burn.\nServes: 4\n",
    "yaml": "name: ci\non: push\njobs:\n  build:\n    runs-on: ubuntu\n    steps:\n      - uses: checkout\n",
    "address": "Name: Maria Lopez\nStreet: 4 Main St\nCity: Austin\nPhone: 555 1234\n",
    "log": "2026-01-05 10:00:00 INFO: started\n2026-01-05 10:00:01 ERROR: failed\n2026-01-05 10:00:02 INFO: retry\n",
    "letter": "Hi Tom,\n\nThanks for your help. Can you send me the file?\n\nBest,\nAnna\n",
    "shell": "$ ls\na b c\n$ cat a\nhello: world\n",
    "words": "Cat: an animal that says meow.\nDog: an animal that barks.\nCow: gives milk.\n",
    "table": "first,last,notes,city\nTom,Smith,likes tea a lot,Austin\nJane,Doe,likes coffee a lot,Dallas\n",
    "data": '{"a": 1, "b": [1, 2], "name": "nothing to see here"}',
    "server": "host: db.local\nuser: admin\nport: 5432\nname: the main one of all\n",
    "licences": "Files: *\nCopyright: 2011 Somebody And Sons\nLicense: all of it is free\n\n"
    "Files: debian/*\nCopyright: 2012 Someone Else\nLicense: you can redistribute it\n",
    "form": "Applicant: Maria Lopez of Austin\nEmployer: Acme Tools And Sons\nApplicant: born in 1980 in Texas\n",
    "one side": "Customer: hi, is anybody there?\nCustomer: hello, are you there?\n",
    "one line": "Customer: hi, my parcel is late and nobody answers me at all",
    "short": "Customer: a\nAgent: b\n",
}


@pytest.mark.parametrize("text", [TOLD, NAMED, STACKED, DESK], ids=["told", "named", "stacked", "desk"])
def test_conversations_are_offered(text: str) -> None:
    offer = offer_of(text)
    assert offer is not None and offer.count == 1 and offer.text == text


def test_an_offer_says_who_and_how_many() -> None:
    offer = offer_of(NAMED)
    assert offer is not None and offer.who == "Maria"
    line = '{"turns": [{"speaker": "customer", "text": "late"}, {"speaker": "agent", "text": "let me look"}]}\n'
    offer = offer_of(line * 3)
    assert offer is not None and offer.count == 3


@pytest.mark.parametrize("text", NO_TALKS.values(), ids=NO_TALKS)
def test_nothing_else_is_offered(text: str) -> None:
    assert offer_of(text) is None


def test_fixtures_of_every_format_are_offered() -> None:
    texts = [p.read_bytes().decode("utf-8", "ignore") for p in sorted(_FIXTURES.glob("*/*")) if p.suffix != ".py"]
    offered = sum(offer_of(text) is not None for text in texts)
    assert offered >= 0.9 * len(texts) and len(texts) > 40


@pytest.mark.parametrize(
    "line",
    [
        "Password: hunter2",
        "  password = hunter2",
        '"api_key": "abc"',
        "DB_PASSWORD=abc",
        "Recovery phrase: abandon ability able",
        "Kennwort: geheim",
        "-----BEGIN RSA PRIVATE KEY-----",
        "my-service token: abc",
    ],
)
def test_credentials_beside_a_conversation_keep_all_of_it_out(line: str) -> None:
    assert offer_of(f"{TOLD}{line}\n") is None
    assert offer_of(f"{line}\n{TOLD}") is None


def test_a_customer_may_speak_of_a_password() -> None:
    assert offer_of("Customer: my password does not work, what now?\nAgent: I will reset it for you.\n") is not None
    assert offer_of("Ms Tan: my parcel is late and nobody answers\nAgent: Let me look at it.\n") is not None


def test_too_long_a_text_is_not_even_read() -> None:
    assert offer_of(TOLD * (LONGEST // len(TOLD) + 1)) is None


@given(st.text(max_size=400))
def test_any_text_is_judged_without_failing(text: str) -> None:
    offer = offer_of(text)
    assert offer is None or offer.count >= 1


QT = 'application/x-qt-windows-mime;value="{}"'


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("x-kde-passwordManagerHint", b"secret"),
        ("text/x-kde-passwordManagerHint", b"secret"),
        (QT.format("Clipboard Viewer Ignore"), b""),
        (QT.format("ExcludeClipboardContentFromMonitorProcessing"), b"\1"),
        (QT.format("CanIncludeInClipboardHistory"), b"\0\0\0\0"),
        (QT.format("CanIncludeInClipboardHistory"), b""),
        ("org.nspasteboard.ConcealedType", b""),
        ("org.nspasteboard.TransientType", b""),
        ("application/x-nspasteboard-concealed-type", b"secret"),
        ("com.agilebits.onepassword", b""),
    ],
)
def test_marked_copies_are_secret(kind: str, value: bytes) -> None:
    assert is_mark(kind) and is_secret({kind: value})


def test_other_kinds_are_no_marks() -> None:
    assert not any(map(is_mark, ["text/plain", "text/html", "text/plain;charset=utf-8", "image/png", "UTF8_STRING"]))
    assert not is_secret({})
    assert not is_secret({QT.format("CanIncludeInClipboardHistory"): b"\1\0\0\0"})


@pytest.mark.parametrize(
    "name",
    ["keepassxc", "KeePassXC", "Bitwarden.exe", "1Password", "org.keepassxc.KeePassXC", "Ledger Live", "electrum",
     "Authy Desktop", "com.yubico.yubioath", "Passwords", "Keeper"],
)  # fmt: skip
def test_password_managers_and_wallets_are_denied(name: str) -> None:
    assert is_denied([name], "")
    assert is_denied(["window", name], "")


def test_other_programs_are_not_denied_unless_the_agent_says_so() -> None:
    others = ["firefox", "Chromium", "bookkeeper", "compass", "secretsanta", "soffice", "thunderbird", ""]
    assert not any(is_denied([name], "") for name in others)
    assert is_denied(["Navigator", "firefox"], "Thunderbird, Fire-Fox")
    assert is_denied(["org.gnome.Evolution"], " evolution ,")
    assert not is_denied(["vim"], "vi") and is_denied(["vi"], "vi")  # a short name means itself only
    assert not is_denied([], "firefox")


def test_the_last_offer_is_known_again_and_no_other() -> None:
    last = LastOffered()
    assert not last.is_again(TOLD)
    last.note(TOLD)
    assert last.is_again(TOLD) and not last.is_again(NAMED)
    last.note(NAMED)
    assert not last.is_again(TOLD)
    held = [v for name in ("_key", "_digest") for v in [getattr(last, name)]]
    assert all(len(value) == 16 for value in held)  # no word of the text
