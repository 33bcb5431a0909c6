"""The table of causes and nudges: the one that ships, with the site's own file laid over it.

What a site may write is told in `docs/nudges.md`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec

from agent_assist.errors import KnownError
from agent_assist.paths import Places, read_site_file
from agent_assist.records import Label

FILE = "nudges.toml"
LONGEST = 240
"""Characters of the longest sentence or title that a site may give: what the window shows without scrolling."""
KINDS = (Label.ANGER, Label.FRUSTRATION, Label.CONFUSION, Label.STRESS, Label.SADNESS)
"""The kinds of spikes."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Rule(StrEnum):
    """What no single word shows."""

    ASKED_AGAIN = "asked_again"
    SAME_WORDS = "same_words"
    LONG_SILENCE = "long_silence"
    LEFT_WAITING = "left_waiting"


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may set a customer off, how it is recognised, and what to whisper then.

    Attributes:
        say: the sentence; "" where none is to be given.
        title: a few words for a person, to stand after "Set off by:" or alone.
        say_to: sentences that go before `say` for a kind of feeling.
        customer: patterns of the customer's turn.
        answers: patterns of which a message that it answers must show one as well.
        agent: patterns of the message that it answers.
        agent_earlier: patterns of which an earlier message must show one as well.
        unless: patterns beside which that message does not count.
        rule: how it is found without a pattern.
    """

    say: str
    title: str = ""
    say_to: dict[Label, str] = msgspec.field(default_factory=dict)
    customer: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    agent_earlier: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    rule: Rule | None = None


class Thing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What agents ask for: patterns of the asking, and of a customer's turn that gives it."""

    asked: tuple[str, ...]
    given: tuple[str, ...]


class _Shipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: dict[Label, str]
    cause: dict[str, Cause]
    thing: dict[str, Thing]


@dataclass(frozen=True, slots=True)
class NudgeTable:
    """The table in use.

    Attributes:
        kinds: the sentence for each kind of spike whose cause is not known.
        causes: by name; their order is their precedence.
        things: what agents ask for.
        file: the site's file that is laid over the shipped table, None where there is none.
    """

    kinds: Mapping[Label, str]
    causes: Mapping[str, Cause]
    things: Mapping[str, Thing]
    file: Path | None = None

    def sentence(self, cause: str, kind: Label) -> str:
        """What to whisper; "" where the site wants silence. A cause that is not in the table counts as none."""
        entry = self.causes.get(cause)
        return self.kinds[kind] if entry is None else entry.say_to.get(kind, entry.say)

    def title(self, cause: str) -> str:
        """A few words for a person; "" for no cause. One that the table lacks is told by its name."""
        entry = self.causes.get(cause)
        return (entry.title if entry is not None else "") or cause.replace("_", " ")


@cache
def whole_words(pattern: str) -> re.Pattern[str]:
    """A pattern of the table, ready to search with: whole words, in any case."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


@cache
def shipped_nudges() -> NudgeTable:
    """The table that ships."""
    data = resources.files(__package__).joinpath(FILE).read_bytes()
    table = msgspec.toml.decode(data, type=_Shipped)
    return NudgeTable(table.kinds, table.cause, table.thing)


def site_file(places: Places) -> Path:
    """Where a site's own table lies, if it has one."""
    return places.home / FILE


def load_nudges(places: Places) -> NudgeTable:
    """The table in use: the shipped one, with the site's file in the data folder laid over it.

    Raises:
        KnownError: the file cannot be read, is no TOML, or holds something that the table does not know.
    """
    path = site_file(places)
    text = read_site_file(path, "nudges")
    if text is None:
        return shipped_nudges()
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KnownError(f"The nudges file {path} cannot be read ({error}). Mend it there or delete it.") from error
    return _Site(path).lay_over(shipped_nudges(), tree)


@dataclass(frozen=True, slots=True)
class _Site:
    """A site's file, field by field."""

    path: Path

    def lay_over(self, base: NudgeTable, tree: Mapping[str, object]) -> NudgeTable:
        """The base with what the file says."""
        self._known(tree, ("kinds", "cause"), "section")
        kinds = dict(base.kinds) | self._sentences("kinds", tree.get("kinds", {}))
        section = self._table("cause", tree.get("cause", {}))
        entries = {name: self._table(f"cause.{name}", entry) for name, entry in section.items()}
        made = {name: self._cause(name, base.causes, entry) for name, entry in entries.items()}
        order = [*(name for name in made if name not in base.causes), *base.causes]
        for name, entry in entries.items():
            if "before" in entry:
                order = self._moved(order, name, entry["before"])
        return NudgeTable(kinds, {name: made.get(name) or base.causes[name] for name in order}, base.things, self.path)

    def _cause(self, name: str, known: Mapping[str, Cause], entry: Mapping[str, object]) -> Cause:
        """A shipped cause with changes, or one of the site's own."""
        place = f"cause.{name}"
        self._known(entry, (*Cause.__struct_fields__, "before"), "field", place)
        given: dict[str, object] = {
            field: self._value(f"{place}.{field}", field, value) for field, value in entry.items() if field != "before"
        }
        if name in known:
            # A new sentence is for everybody: the shipped refinements of the old one go with it.
            if "say" in given:
                given.setdefault("say_to", {})
            return msgspec.structs.replace(known[name], **given)
        if not _NAME.fullmatch(name):
            raise self._wrong(place, "must be named in small letters, digits and underscores")
        if not any(field in given for field in ("customer", "agent", "rule")):
            raise self._wrong(
                place,
                f"is not a known cause, and has no patterns of its own. Known are {', '.join(known)}; "
                "a new one needs customer, agent or rule",
            )
        if "say" not in given:
            raise self._wrong(place, 'needs a sentence: say = "..."')
        return msgspec.convert(given, Cause)

    def _value(self, place: str, field: str, value: object) -> object:
        if field in ("say", "title"):
            return self._sentence(place, value)
        if field == "say_to":
            return self._sentences(place, value)
        if field == "rule":
            if not isinstance(value, str) or value not in tuple(Rule):
                raise self._wrong(place, f"must be one of {', '.join(Rule)}")
            return Rule(value)
        return self._patterns(place, value)

    def _sentence(self, place: str, value: object) -> str:
        if not isinstance(value, str):
            raise self._wrong(place, "must be a sentence in quotes")
        if "\n" in value.strip() or len(value) > LONGEST:
            raise self._wrong(place, f"must be on one line, of at most {LONGEST} characters")
        return value.strip()

    def _sentences(self, place: str, value: object) -> dict[Label, str]:
        entries = self._table(place, value)
        self._known(entries, KINDS, "kind", place)
        return {Label(name): self._sentence(f"{place}.{name}", text) for name, text in entries.items()}

    def _patterns(self, place: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(place, "must be a list of patterns in quotes")
        for item in value:
            try:
                empty = whole_words(item).fullmatch("")
            except re.error as error:
                raise self._wrong(place, f"holds {item!r}, which is no pattern ({error})") from error
            if empty:
                raise self._wrong(place, f"holds {item!r}, which matches everything")
        return tuple(value)

    def _moved(self, order: Sequence[str], name: str, before: object) -> list[str]:
        others = [each for each in order if each != name]
        if not isinstance(before, str) or before not in others:
            raise self._wrong(f"cause.{name}.before", f"must be one of {', '.join(others)}")
        at = others.index(before)
        return [*others[:at], name, *others[at:]]

    def _table(self, place: str, value: object) -> dict[str, object]:
        if not isinstance(value, dict):
            raise self._wrong(place, f"must be a section, begun by a line [{place}]")
        return value

    def _known(self, entries: Mapping[str, object], known: Sequence[str], what: str, place: str = "") -> None:
        for name in entries:
            if name not in known:
                raise self._wrong(f"{place}.{name}".strip("."), f"is no {what} of it. Known are {', '.join(known)}")

    def _wrong(self, place: str, problem: str) -> KnownError:
        return KnownError(f"In the nudges file {self.path} {place} {problem}. Mend or delete that line.")
