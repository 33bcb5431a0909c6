"""Input that is no conversation: one kind sentence each, and quickly."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from agent_assist.capture import FORMATS, read
from agent_assist.errors import KnownError


def _docx() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "There is nothing to read."),
        (b"", "There is nothing to read."),
        ("\ufeff \n\t\r\n", "There is nothing to read."),
        ("\u200e\n\u200b", "There is no message in this text."),
        ("\x00\x01", "not text"),
        (b"%PDF-1.7\n%\xe2\xe3", "This looks like a PDF file, not text. Copy the conversation out of it and paste it."),
        ("%PDF-1.7\n", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        (_docx(), r"a Word \(DOCX\) file"),
        (b"{\\rtf1 hello}", "rich text"),
        (b"\x7fELF\x02\x01", "a program"),
        (bytes(range(256)) * 40, "not text"),
        (b"\x00\x00\x01\x02" * 100, "not text"),
        ("Customer: x\n" * 5001, "more than 5,000 messages"),
        ("x\n" * 50_000, "more than 40,000 lines"),
    ],
)
def test_unusable_input(data: str | bytes, message: str) -> None:
    with pytest.raises(KnownError, match=message):
        read(data)


@pytest.mark.parametrize("data", ["word " * 1_000_000, b"word " * 1_000_000, b"Customer: x\n" * 500_000])
def test_five_megabytes_are_refused_at_once(data: str | bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(KnownError, match="longer than 2 MB"):
        read(data)
    assert time.perf_counter() - started < 2


def test_an_unknown_format_is_named_with_a_hint() -> None:
    with pytest.raises(KnownError, match=r'formats are auto, .*\. Did you mean "jsonl"\?'):
        read("Customer: hi", format="json")
    with pytest.raises(KnownError, match=r"formats are auto, .*plain.*\.$"):
        read("Customer: hi", format="zzzz")


def test_formats() -> None:
    assert FORMATS[0] == "auto" and len(set(FORMATS)) == len(FORMATS)
    assert {"plain", "jsonl", "whatsapp", "subtitles", "intercom"} < set(FORMATS)
    assert read("Customer: hi", format="PLAIN")[0].source == "plain"


def test_plain_can_be_forced_on_json() -> None:
    (conversation,) = read('{"turns": 1}', format="plain")
    assert conversation.turns[0].text == '{"turns": 1}'


@pytest.mark.parametrize(
    ("data", "text", "noted"),
    [
        ("Customer: café".encode(), "café", False),
        ("Customer: café".encode("utf-8-sig"), "café", False),
        ("Customer: café".encode("utf-16"), "café", False),
        (b"\xfe\xff" + "Customer: café".encode("utf-16-be"), "café", False),
        ("Customer: café – £5".encode("cp1252"), "café – £5", True),
        ("Customer: café 😀😀😀 ééééé".encode()[:-1], "café 😀😀😀 éééé\ufffd", True),
    ],
)
def test_encodings(data: bytes, text: str, noted: bool) -> None:
    (conversation,) = read(data)
    assert conversation.turns[0].text == text
    assert bool(conversation.notes) is noted


def test_an_error_never_holds_the_text() -> None:
    for data in ("secret\n" * 50_000, "secret: x\n" * 5001, '{"turns": "secret"}', "secret" * 500_000):
        with pytest.raises(KnownError) as caught:
            read(data)
        assert "secret" not in str(caught.value)
