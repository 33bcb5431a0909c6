"""What holds for any e-mail file: round trips, and nothing but the kind error out of anything."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.capture.decode import decode
from agent_assist.capture.formats.email import FORMAT
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker

C, A = Speaker.CUSTOMER, Speaker.AGENT
_HERE = Path(__file__).parent / "fixtures" / "email"
_FILES = sorted(p.name for p in _HERE.iterdir())
_DESK = "Acme Support <support@acme.example>"


def _read(data: bytes | str) -> list[Conversation]:
    return FORMAT.parse(decode(data, verbatim=True), None, None)


_WORDS = st.lists(
    st.sampled_from(
        ["still", "no", "parcel", "From", "the", "Größe", "€20", "注文", "why?", "-", "=3D", "😡", "a.b", "it’s"]
    ),
    min_size=2,
    max_size=12,
).map(lambda words: "we " + " ".join(words))
_TALK = st.lists(
    st.tuples(st.booleans(), st.lists(_WORDS, min_size=1, max_size=3).map("\n".join)), min_size=1, max_size=6
)


def _written(talk: Sequence[tuple[bool, str]], how: str) -> bytes:
    """The conversation as a mailbox, by the standard library's own writer."""
    mails = []
    for n, (by_customer, text) in enumerate(talk):
        mail = EmailMessage()
        mail["From"], mail["To"] = ("Zoë Fox <zoe@mail.example>", _DESK) if by_customer else (_DESK, "zoe@mail.example")
        mail["Subject"] = "Re: Größe" if n else "Größe"
        mail["Date"] = format_datetime(datetime(2026, 1, 5, 9, 0, tzinfo=UTC) + timedelta(minutes=7 * n))
        mail["Message-ID"] = f"<{n}@mail.example>"
        if n:
            mail["References"] = " ".join(f"<{k}@mail.example>" for k in range(n))
        html = "<p>" + text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>") + "</p>"
        if how == "html":
            mail.set_content(html, subtype="html")
        else:
            mail.set_content(text, cte={"qp": "quoted-printable", "base64": "base64"}.get(how))
            if how == "both":
                mail.add_alternative(html, subtype="html")
        mails.append(b"From - Mon Jan 05 09:00:00 2026\n" + mail.as_bytes().replace(b"\nFrom ", b"\n>From "))
    return b"\n".join(mails)


@settings(max_examples=60, deadline=None)
@given(talk=_TALK, how=st.sampled_from(["qp", "base64", "html", "both"]))
def test_round_trip(talk: list[tuple[bool, str]], how: str) -> None:
    (conversation,) = _read(_written(talk, how))
    expected = [(C if by_customer else A, text) for by_customer, text in talk]
    expected[0] = (expected[0][0], f"Größe\n\n{expected[0][1]}")
    if any(by_customer for by_customer, _ in talk):
        assert [(t.speaker, t.text) for t in conversation.turns] == expected
    assert [t.at for t in conversation.turns] == [
        datetime(2026, 1, 5, 9, 0, tzinfo=UTC) + timedelta(minutes=7 * n) for n in range(len(talk))
    ]


_TOKENS = [
    b"\n", b"\n\n", b"From ", b"From: ", b"=?utf-8?q?", b"?=", b"--outer", b"((((", b"<<", b'"', b"; boundary=",
    b"\x00", b"\xff\xfe", b"Content-Type: multipart/mixed; boundary=zz\n", b"Date: 99 Foo 99999 99:99:99 +9999\n", b"=",
    b"> ", b"Content-Type: message/rfc822\n\n", b"References: <", b"9" * 30, b"@", b",",
    b"Content-Transfer-Encoding: base64\n",
    b"charset*0*=x''%ff", b"On 5 Jan 2026 at 1:00, x wrote:\n", b"From: a\nSent: 1/2/2026 10:00\n", b"<blockquote>",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(_FILES), seed=st.integers(0, 10**9))
def test_mutated_files_raise_nothing_else(name: str, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray((_HERE / name).read_bytes())
    for _ in range(chance.randint(1, 12)):
        at, length = chance.randrange(len(data) + 1), chance.randint(1, 200)
        match chance.randrange(5):
            case 0:
                del data[at : at + length]
            case 1:
                data[at:at] = data[at : at + length]
            case 2:
                data[at:at] = chance.choice(_TOKENS)
            case 3 if data:
                data[at % len(data)] = chance.randrange(256)
            case _:
                data[at:at] = chance.choice(_TOKENS) * chance.randint(1, 40)
    _survives(bytes(data))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=300), st.lists(st.sampled_from(_TOKENS), max_size=30).map(b"".join), st.binary(max_size=300)
    )
)
def test_anything_raises_nothing_else(data: str | bytes) -> None:
    _survives(data)


def _survives(data: str | bytes) -> None:
    FORMAT.matches(data if isinstance(data, str) else data.decode("utf-8", "replace"))
    try:
        found = _read(data)
    except KnownError:
        return
    assert found
    for conversation in found:
        assert [t.i for t in conversation.turns] == list(range(len(conversation.turns)))
        assert conversation.turns
        assert all(t.text.strip() for t in conversation.turns)
        assert all(a.text.strip() and -1 <= a.after < len(conversation.turns) for a in conversation.asides)
