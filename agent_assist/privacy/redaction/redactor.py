"""Redacts whole conversations and what was made of them, one value by one placeholder everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace

from agent_assist.errors import BugError
from agent_assist.privacy.redaction import people
from agent_assist.privacy.redaction.clean import Clean
from agent_assist.privacy.redaction.derived import redact_assist, redact_mood
from agent_assist.privacy.redaction.kinds import PLACEHOLDER, Found, Kind, Level, Scene, restore, wanted
from agent_assist.privacy.redaction.memory import Memory, reversible
from agent_assist.privacy.redaction.names import NameBook
from agent_assist.privacy.redaction.record import field_kind
from agent_assist.privacy.redaction.regions import likely_regions, locale_region
from agent_assist.privacy.redaction.view import best, view
from agent_assist.records import Analysis, Aside, Conversation, CustomerRecord, Speaker, Turn

_BEFORE = 240
_TOLD = 2000
_ROUNDS = 6
_NATIONAL = frozenset({Kind.ID, Kind.PHONE})
_DIGIT = re.compile(r"[0-9]")
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redacted conversation and the way back.

    Attributes:
        conversation: with placeholders where values stood; turns keep their places.
        originals: what stood there first, by placeholder. Cards, PINs, passwords, codes and tokens are never in it.
    """

    conversation: Conversation
    originals: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Last:
    """The conversation that was redacted last, and what was known behind its last turn."""

    conversation: Conversation
    turns: tuple[Turn, ...]
    told: str
    memory: Memory
    names: NameBook


class Redactor:
    """Replaces what a level names by placeholders that stay the same within one conversation.

    What a turn gets depends on it and on what stands before it alone: turns that come later change nothing. The same
    input always gives the same output, and redacting that again changes nothing. Where another part of the same
    conversation comes, its values keep the numbers that they had.

    Args:
        level: "none", "payment" or "all"; see `Level`.
        names: whether "all" replaces the names of people: those of the speakers, those that a text introduces and,
            where the extra "names" is installed, those that its model recognises.
        region: ISO code of the country whose numbers may stand without a country code; "" takes the system's. What a
            conversation itself tells is looked at in any case.
        known: originals of an earlier run over the same conversation, whose placeholders are to be given again.

    Raises:
        BugError: there is no such level.
    """

    def __init__(
        self, level: Level | str, *, names: bool = True, region: str = "", known: Mapping[str, str] = _NOTHING
    ) -> None:
        try:
            self._level = Level(level)
        except ValueError as error:
            raise BugError(f"there is no level of redaction {level!r}") from error
        self._kinds = wanted(self._level, names=names)
        self._region = region or locale_region()
        self._known = dict(known)
        self._last: _Last | None = None
        self._begin()

    def conversation(self, conversation: Conversation) -> Redacted:
        """A conversation with placeholders. What an earlier call found is forgotten, unless this one only goes on."""
        if not self._kinds:
            return Redacted(conversation, {})
        turns = self._turns(conversation)
        redacted = replace(
            conversation,
            turns=turns,
            asides=tuple(self._aside(aside) for aside in conversation.asides),
            record=self._record(conversation.record),
            notes=tuple(map(self._made, conversation.notes)),
            customer=self._name(conversation.customer),
        )
        return Redacted(redacted, self.originals)

    def analysis(self, analysis: Analysis) -> tuple[Analysis, dict[str, str]]:
        """The same for a conversation with everything that was read from it and proposed for it.

        Words that were shown as evidence and do not stand in the redacted turn any more are left out, and so are facts
        whose value is gone; numbers, labels and the turns that lines stand on stay.
        """
        conversation = self.conversation(analysis.conversation).conversation
        if not self._kinds:
            return analysis, {}
        before = [turn.text for turn in analysis.conversation.turns]
        after = [turn.text for turn in conversation.turns]
        mood = redact_mood(analysis.mood, before, after, self._made)
        assist = None if analysis.assist is None else redact_assist(analysis.assist, before, after, self._made)
        return Analysis(conversation, mood, assist), self.originals

    def text(self, text: str, before: str = "") -> str:
        """One text, with the placeholders of the conversation that was redacted last.

        Args:
            text: plain text.
            before: the end of what was said before it.
        """
        if not self._kinds or not text:
            return text
        self._memory.reserve(text)
        if Kind.NAME in self._kinds:
            self._names.hear(view(text))
        # What is replaced changes how far words stand from numbers: until nothing more is found.
        for _ in range(_ROUNDS):
            fresh = self._once(text, before)
            if fresh == text:
                break
            text = fresh
        return text

    @property
    def originals(self) -> dict[str, str]:
        """What the placeholders given so far stand for, as in `Redacted.originals`."""
        return reversible(self._memory.originals)

    @staticmethod
    def restore(text: str, originals: Mapping[str, str]) -> str:
        """The text with the originals back in their places; placeholders without one stay."""
        return restore(text, originals)

    def _begin(self) -> None:
        self._clean = Clean()
        self._memory = Memory(self._known)
        self._names = NameBook()
        self._told = ""
        for placeholder, original in self._known.items():
            self._recall(placeholder, original)

    def _made(self, text: str) -> str:
        """A text made of the conversation, as `text` gives it; one that is known to be clean is not looked through.

        A live conversation is saved at each turn, with all that was made of it before.
        """
        self._memory.reserve(text)
        if self._clean.holds(text, self._memory, self._names):
            return text
        redacted = self.text(text)
        # Where numbers depend on the country, they depend on what was told last.
        if redacted == text and not (self._kinds & _NATIONAL and _DIGIT.search(text)):
            self._clean.add(text, self._memory, self._names)
        return redacted

    def _recall(self, placeholder: str, original: str) -> None:
        """Takes in a value of an earlier run, so that another spelling of it is known as well."""
        match = PLACEHOLDER.fullmatch(placeholder)
        if match is None or not match["kind"] or Kind(match["kind"]) not in self._kinds:
            return
        kind = Kind(match["kind"])
        if kind is Kind.NAME:
            self._names.learn(original)
            person = self._names.person_of(original)
            if person is not None:
                self._memory.know(kind, person, placeholder)
            return
        scene = Scene(f"{kind} number?", likely_regions("", self._region))
        for one in _detect(view(original), scene, frozenset({kind})):
            self._memory.know(kind, one.key, placeholder)

    def _once(self, text: str, before: str) -> str:
        seen = view(text)
        scene = Scene(view(before), self._regions(seen))
        found = _detect(seen, scene, self._kinds)
        if Kind.NAME in self._kinds:
            for one in people.find(seen):
                self._names.learn(seen[one.start : one.end])
            found += self._names.find(seen)
        text = self._replaced(text, best(found))
        return self._replaced(text, best(list(self._memory.again(view(text)))))

    def _regions(self, seen: str) -> tuple[str, ...]:
        """Where the text may come from: asked only where a number may depend on it, for the answer takes long."""
        if not self._kinds & _NATIONAL or _DIGIT.search(seen) is None:
            return ()
        return likely_regions(f"{self._told}\n{seen}", self._region)

    def _replaced(self, text: str, found: Iterable[Found]) -> str:
        parts, last = [], 0
        for one in found:
            parts += [text[last : one.start], self._memory.placeholder(one, text[one.start : one.end])]
            last = one.end
        return "".join([*parts, text[last:]])

    def _turns(self, conversation: Conversation) -> tuple[Turn, ...]:
        """The turns; those that the last call had already are not read again: a live conversation grows by one."""
        last = self._last
        if (
            last is not None
            and conversation.customer == last.conversation.customer
            and conversation.turns[: len(last.turns)] == last.conversation.turns
        ):
            turns, self._told = last.turns, last.told
            self._memory, self._names = deepcopy(last.memory), deepcopy(last.names)
        else:
            turns = ()
            if last is not None and conversation.id == last.conversation.id:
                # A page shows its last messages only: what they hold has the numbers that it had.
                self._known |= self.originals
            self._begin()
            self._names.learn(conversation.customer)
        turns += tuple(self._turn(turn) for turn in conversation.turns[len(turns) :])
        # As it stands behind the last turn: what is found in notes and proposals must not count for the turns to come.
        self._last = _Last(conversation, turns, self._told, deepcopy(self._memory), deepcopy(self._names))
        self._clean.meet(self._memory, self._names)
        return turns

    def _turn(self, turn: Turn) -> Turn:
        if turn.speaker in (Speaker.CUSTOMER, Speaker.AGENT):
            self._names.learn(turn.name)
        name = self._name(turn.name)
        text = self.text(turn.text, self._told[-_BEFORE:])
        self._told = f"{self._told}\n{text}"[-_TOLD:]
        return replace(turn, text=text, name=name)

    def _aside(self, aside: Aside) -> Aside:
        self._names.learn(aside.name)
        return replace(aside, text=self._made(aside.text), name=self._name(aside.name))

    def _name(self, name: str | None) -> str | None:
        """A speaker's name: as one person's, where it is a person's; else whatever is found in it."""
        if name is None:
            return None
        person = self._names.person_of(name) if Kind.NAME in self._kinds else None
        redacted = self.text(name)
        if person is None or (redacted != name and "@" in name):
            return redacted
        return self._memory.placeholder(Found(0, len(name), Kind.NAME, person), name)

    def _record(self, record: CustomerRecord | None) -> CustomerRecord | None:
        if record is None:
            return None
        return CustomerRecord(tuple((name, self._field(name, value)) for name, value in record.fields))

    def _field(self, name: str, value: str) -> str:
        """A field's value, which its name tells of: "Phone", "Customer name"."""
        kind = field_kind(name)
        if kind is Kind.NAME and kind in self._kinds:
            self._names.learn(value)
            return self._name(value) or value
        label = f"{name}: "
        redacted = self.text(label + value)
        fresh = redacted[len(label) :] if redacted.startswith(label) else self.text(value)
        if kind is not None and kind in self._kinds and fresh == value and value.strip() and value == view(value):
            return self._memory.placeholder(Found(0, len(value), kind, value.casefold()), value)
        return fresh


def _detect(text: str, scene: Scene, kinds: frozenset[Kind]) -> list[Found]:
    # Their patterns take a fifth of a second to compile, which the start of the program has not.
    from agent_assist.privacy.redaction.detectors import find

    return find(text, scene, kinds)
