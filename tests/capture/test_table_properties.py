"""Tables of messages: what is written is read back, and nothing but a kind error ever comes out."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.capture.decode import Decoded, clean, decode
from agent_assist.capture.formats.table import FORMAT, Columns, read_table
from agent_assist.capture.lines import strip
from agent_assist.errors import KnownError
from agent_assist.records import Speaker

_TITLES = st.sampled_from(
    [
        ("ticket id", "created_at", "direction", "author", "text"),
        ("Gespräch", "Erstellt am", "Richtung", "Verfasser", "Nachricht"),
        ("ID de caso", "Fecha y hora", "Dirección", "Nombre", "Mensaje"),
        ("Dossier", "Horodatage", "Sens", "Auteur", "Texte"),
    ]
)
_CELL = st.text(
    st.one_of(st.sampled_from(",;\t|\"'\n \\éß’😡<&"), st.characters(codec="utf-8", exclude_categories=["Cc"])),
    min_size=1,
    max_size=30,
)
_SENTENCE = _CELL.map(lambda t: strip(clean("so " + t)[0])).filter(lambda t: "</" not in t and "<br" not in t.lower())


@settings(max_examples=120, deadline=None)
@given(
    titles=_TITLES,
    texts=st.lists(_SENTENCE, min_size=2, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    order=st.permutations(range(5)),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    shuffle=st.randoms(use_true_random=False),
)
def test_round_trip(
    titles: tuple[str, ...],
    texts: list[str],
    delimiter: str,
    order: list[int],
    quoting: Literal[0, 1],
    shuffle: Random,
) -> None:
    start = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    written = [
        (
            str(i % 2 + 1),
            (start + timedelta(minutes=i)).isoformat(),
            ("in", "out")[i // 2 % 2],
            f"P{i // 2 % 2} Fox",
            text,
        )
        for i, text in enumerate(texts)
    ]
    shuffled = [*written]
    shuffle.shuffle(shuffled)
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=quoting)
    writer.writerows([cells[i] for i in order] for cells in (titles, *shuffled))
    assert FORMAT.matches(file.getvalue())
    found = {c.id: c for c in FORMAT.parse(decode(file.getvalue(), verbatim=True), None, None)}
    for group in ("1", "2"):
        assert [(t.at.isoformat() if t.at else "", t.speaker, t.name, t.text) for t in found[group].turns] == [
            (at, Speaker.CUSTOMER if side == "in" else Speaker.AGENT, name, text)
            for number, at, side, name, text in written
            if number == group
        ]


_SNIPPETS = ["text", "name,text\n", "role", "time", ",", ";", "\t", "|", '"', '""', "\n", "\r", "\x00", "\ud800",
             "\ufeff", "sep=;\n", "customer", "agent", "2026-01-05 10:00", "9" * 17, "1e999", "99:99", "<br>",
             "\\\""]  # fmt: skip
_ANY = st.lists(st.one_of(st.sampled_from(_SNIPPETS), st.text(max_size=6)), max_size=24).map("".join)


@settings(max_examples=250, deadline=None)
@given(text=_ANY, customer=st.sampled_from([None, "Anna", ""]), column=st.integers(-2, 3))
def test_nothing_but_a_kind_error_comes_out(text: str, customer: str | None, column: int) -> None:
    decoded = Decoded(text)
    FORMAT.matches(text)
    for columns in (None, Columns(text=abs(column), time=column, role=0, name=1, delimiter=";")):
        try:
            found = read_table(decoded, columns, customer)
        except KnownError as error:
            assert str(error).endswith((".", "?"))
            continue
        assert all(c.turns and all(t.text.strip() for t in c.turns) for c in found)
