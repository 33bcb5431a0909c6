"""Notes filled in from a conversation: for the colleague who takes over, for wrapping up, for the fields of a case.

The same analysis always gives the same note; no language model is asked. What a site may write is told in
`docs/notes.md`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from agent_assist.assist.summary import summary_by_rule
from agent_assist.errors import KnownError
from agent_assist.paths import Places, read_table
from agent_assist.records import Analysis, Fact, Line, Spike, Summary

FILE = "notes.toml"
_MOST_WORDS = 400
_KINDS = {"order_id": "order", "reference": "reference", "email": "e-mail"}


class Part(StrEnum):
    """What a section may show."""

    CUSTOMER = "customer"
    ISSUE = "issue"
    TRIED = "tried"
    FEELING = "feeling"
    WANTS = "wants"
    OPEN = "open"
    FACTS = "facts"
    ACTIONS = "actions"
    SPIKES = "spikes"
    RECORD = "record"


Kind = Literal["order_id", "reference", "amount", "date", "duration", "email", "phone", "link", "product"]
Heading = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\n\r]*$")]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One section of a note; it is left out where there is nothing to show.

    Attributes:
        heading: stands before it.
        show: what it shows, in this order.
        words: how many at most, headings and citations not counted.
        kinds: of facts, the kinds that are shown; empty for all.
    """

    heading: Heading
    show: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1)]
    words: Annotated[int, msgspec.Meta(ge=1, le=_MOST_WORDS)]
    kinds: tuple[Kind, ...] = ()


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"sections": "section"}):
    """One note.

    Attributes:
        title: its name for a person.
        sections: in order.
        turns: whether each line names its turns, counted from 1.
        titled: whether the title is its first line.
    """

    title: Heading
    sections: Annotated[tuple[Section, ...], msgspec.Meta(min_length=1)]
    turns: bool = False
    titled: bool = True


Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


@dataclass(frozen=True, slots=True)
class NoteTable:
    """The notes that can be written.

    Attributes:
        templates: by name, the shipped ones first.
        file: the site's file that is laid over them, None where there is none.
    """

    templates: Mapping[str, Template]
    file: Path | None = None

    @property
    def titles(self) -> tuple[tuple[str, str], ...]:
        """Name and title of each note, as a menu shows them."""
        return tuple((name, template.title) for name, template in self.templates.items())


@cache
def shipped_notes() -> NoteTable:
    """The notes that ship."""
    data = resources.files(__package__).joinpath(FILE).read_bytes()
    return NoteTable(msgspec.toml.decode(data, type=dict[Name, Template]))


def load_notes(places: Places) -> NoteTable:
    """The notes in use: those that ship, with the site's file in the data folder laid over them, note by note.

    Raises:
        KnownError: the file cannot be read, is no TOML, or holds something that a note does not know.
    """
    path = places.home / FILE
    try:
        tree = tomllib.loads(read_table(path))
        own = msgspec.convert(tree, dict[Name, Template])
    except FileNotFoundError:
        return shipped_notes()
    except (OSError, ValueError) as error:
        raise KnownError(
            f"The notes file {path} cannot be used ({_why(error)}). Mend it there or delete it."
        ) from error
    return NoteTable({**shipped_notes().templates, **own}, path)


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return error.strerror or "it cannot be opened"
    return "it is not in UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def write_note(table: NoteTable, name: str, analysis: Analysis) -> str:
    """A note as plain text, ready to paste: the title, then each section on one line or as a list.

    Args:
        table: see `load_notes`.
        name: of the note.
        analysis: what was read; without the language model's part the summary is made by rule.

    Returns:
        Text without a line break at its end; "" where no section has anything to show.

    Raises:
        KnownError: there is no note of that name.
    """
    template = table.templates.get(name)
    if template is None:
        raise KnownError(f"There is no note called {name}. Known are {', '.join(table.templates)}.")
    content = _Content(analysis, template.turns)
    sections = [text for section in template.sections if (text := content.section(section))]
    return "\n".join(([template.title] if template.titled else []) + sections) if sections else ""


class _Content:
    """What the sections of one note are filled with."""

    def __init__(self, analysis: Analysis, turns: bool) -> None:
        self._analysis = analysis
        self._turns = turns
        self._summary: Summary = (
            analysis.assist.summary if analysis.assist else summary_by_rule(analysis.conversation, analysis.mood)
        )

    def section(self, section: Section) -> str:
        """A section with its heading, "" where it has nothing."""
        lines = list(self._within(section))
        if not lines:
            return ""
        if len(lines) == 1:
            return f"{section.heading}: {lines[0]}"
        return "\n".join([f"{section.heading}:", *(f"- {line}" for line in lines)])

    def _within(self, section: Section) -> Iterator[str]:
        """The lines of a section, as far as its words reach; the last one may be cut."""
        room = section.words
        for part in section.show:
            for line in self._lines(part, section.kinds):
                words = line.text.split()
                if not words or room <= 0:
                    continue
                text = " ".join(words) if len(words) <= room else " ".join(words[:room]) + " …"
                room -= len(words)
                yield text + (_cited(line.turns) if self._turns else "")

    def _lines(self, part: Part, kinds: tuple[Kind, ...]) -> Iterator[Line]:
        summary, assist = self._summary, self._analysis.assist
        match part:
            case Part.ISSUE | Part.FEELING | Part.WANTS:
                one = {Part.ISSUE: summary.issue, Part.FEELING: summary.feeling, Part.WANTS: summary.wants}[part]
                yield from (one,) if one else ()
            case Part.TRIED:
                yield from summary.tried
            case Part.OPEN:
                yield from summary.open
            case Part.FACTS:
                facts = [f for f in summary.facts if not kinds or f.kind in kinds]
                yield from (_fact(f, named=len(kinds) != 1) for f in facts)
            case Part.ACTIONS:
                yield from (Line(a.text, a.turns) for a in (assist.next_actions if assist else ()))
            case Part.SPIKES:
                yield from (_spike(spike) for spike in self._analysis.mood.spikes)
            case Part.CUSTOMER:
                yield from (Line(name, ()) for name in (self._analysis.conversation.customer,) if name)
            case Part.RECORD:
                record = self._analysis.conversation.record
                yield from (Line(f"{name}: {value}", ()) for name, value in (record.fields if record else ()))


def _fact(fact: Fact, *, named: bool) -> Line:
    """A fact, with the name of its kind where the section may show several."""
    return Line(f"{_KINDS.get(fact.kind, fact.kind)} {fact.value}" if named else fact.value, (fact.turn,))


def _spike(spike: Spike) -> Line:
    return Line(f"{spike.kind.value.capitalize()} rose here.", (spike.turn,))


def _cited(turns: tuple[int, ...]) -> str:
    if not turns:
        return ""
    numbers = [str(turn + 1) for turn in turns]
    return f" (turn {numbers[0]})" if len(numbers) == 1 else f" (turns {', '.join(numbers[:-1])} and {numbers[-1]})"
