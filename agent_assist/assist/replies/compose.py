"""Replies composed of the bank's sentences: those that fit this moment, filled with what the conversation carries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec

from agent_assist.assist import guard
from agent_assist.assist.cite import stems
from agent_assist.assist.moment import Kind
from agent_assist.assist.replies.bank import ANY, Part, Register, Sentence, Situation, Slot, bank
from agent_assist.assist.replies.context import Context
from agent_assist.assist.replies.situations import tells
from agent_assist.assist.replies.supposes import holds
from agent_assist.assist.sentences import PLACEHOLDER

ANSWER = "answer"
"""In a strategy's parts: the sentence that answers what was asked."""
_NEVER = -9.0
_SPOKEN = frozenset((Slot.MATTER, Slot.TROUBLE, Slot.STORY))
"""What the case is about, of which a reply says one, once."""
_FIRST = 2.2
_OTHER = 1.2
_MOVE = 1.4
_ANYWHERE = 0.6
_JITTER = 1.3
_GIVEN = 3.5
_AGAIN = 1.0  # off for a clause that another reply of this moment has
_FEWEST_WORDS = 30
"""Of a reply: fewer read as brushed off."""
_IN_THE_MIDDLE = 13  # words of a clause that more words follow
_LOOKED_AT = 12
_ALIKE = 0.5
_GAIN: dict[str, float] = {
    Slot.TROUBLE: 2.5,
    Slot.STORY: 1.9,
    Slot.TOPIC: 2.5,
    Slot.MATTER: 2.2,
    Slot.CASE: 1.5,
    Slot.QUESTION: 1.5,
}
_OF_THE_MOMENT = (Part.LISTEN, Part.FOLLOW_UP, Part.ROUND)
_MOVES = frozenset((Situation.STEPS, Situation.ASKED, Situation.ANSWERED, Situation.GAVE))
# What was asked for or sent is not known here: a sentence about it has to say that it means that.
_ABOVE = re.compile(r"\b(?:above|asked|sent|steps?|link)\b", re.IGNORECASE)
_WHY = re.compile(r"\bwhy \{trouble\}")
_BEFALLS = re.compile(
    r"(?!you\b|you'|when\b|if\b)|you(?:'re| are| were| weren't| aren't| can't| cannot| couldn't| haven't|"
    r" had to| have to|"
    r" never (?:got|received)|"
    r" didn't (?:get|receive)| did not (?:get|receive)| don't (?:get|have)"
    r"|(?:'ve| have) been (?:charged|billed|locked|told|blocked|banned|cut|logged|moved|bumped|disconnected|"
    r"transferred|unable|refused|ignored))\b"
    r"(?! (?!getting|being|having|missing|losing)\w+ing\b)",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^With it\b|\b(?:after (?:that|it|this)|that step|those steps|after which|once you've tried it|"
    r"whether it helps|if (?:that|it|this) (?:doesn't|does not|helps|"
    r"changes|fails|leaves)|whatever comes of it|the other one|both answers|without it)\b",
    re.IGNORECASE,
)
_LEANS_ON = re.compile(
    r"\[confirm: (?:the )?(?:first|next) step|\[confirm: (?:the )?alternative|\[confirm: (?:the )?(?:answer|"
    r"explanation)|\btry (?:this|the)\b",
    re.IGNORECASE,
)
_ANSWERS = re.compile(r"\{topic\}|\[confirm: (?:the |your )?(?:answer|explanation)", re.IGNORECASE)
_GREETS = re.compile(r"^(?:thanks|thank you|hello|hi|good (?:morning|question)|i've read)\b", re.IGNORECASE)
_SORRY = re.compile(r"(?:I'm |I am )?(?:really |very |so )?\b(?:sorry|apolog\w+)\b", re.IGNORECASE)
_TRIES = {"resta", "reins", "reset", "updat", "reboo", "unplu", "delet", "clear"}


class Strategy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to answer; see `strategies.toml`."""

    name: str
    kinds: tuple[Kind, ...]
    parts: tuple[str, ...]
    register: Register
    when: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    strategy: tuple[Strategy, ...]


@cache
def every_strategy() -> tuple[Strategy, ...]:
    """The table that ships.

    Raises:
        msgspec.DecodeError: it is damaged.
    """
    data = files("agent_assist.assist.replies").joinpath("strategies.toml").read_bytes()
    return msgspec.toml.decode(data, type=_File).strategy


def register_of(name: str) -> Register | None:
    """How the strategy of a name speaks; None for one that the table does not have."""
    return next((s.register for s in every_strategy() if s.name == name), None)


def strategies(context: Context) -> tuple[Strategy, ...]:
    """The strategies that fit a moment, in the table's order."""
    return tuple(
        s for s in every_strategy() if context.moment.kind in s.kinds and all(flag in context.flags for flag in s.when)
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence that was chosen.

    Attributes:
        text: filled.
        sentence: as the bank has it; None for one that the language model went on with.
        fit: how well it fits, higher is better.
    """

    text: str
    sentence: Sentence | None
    fit: float


@dataclass(slots=True)
class Composed:
    """The sentences of one reply, as they are chosen."""

    strategy: Strategy
    chosen: list[Chosen] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The reply."""
        return " ".join(c.text for c in self.chosen)

    @property
    def fit(self) -> float:
        """How well its sentences fit on average."""
        return sum(c.fit for c in self.chosen) / max(len(self.chosen), 1)


class Composer:
    """Chooses sentences for the replies of one moment; no sentence is used twice.

    Args:
        context: of the moment.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._holding = context.holding
        self._by_part: dict[Part, list[tuple[Sentence, float]]] = {}
        self._used: set[str] = set()
        self._clauses: set[str] = set()

    def reply(self, strategy: Strategy, given: Mapping[str, str] | None = None) -> Composed | None:
        """A reply by one strategy.

        Args:
            strategy: what its sentences do.
            given: sentences that are there already, by the part of the strategy that they stand for.

        Returns:
            None where the bank has no sentence for one of the parts.
        """
        made = Composed(strategy)
        for part in self._parts(strategy):
            there = next((given[name] for name in part.split("|") if name in given), None) if given else None
            best = Chosen(there, None, _GIVEN) if there is not None else self._best(part, made)
            if there is not None and _repeats(stems(there), made, ()):
                return None
            if best is None:
                if part == Part.FOLLOW_UP and made.chosen:
                    continue
                return None
            made.chosen.append(best)
        self._round_off(made)
        self._keep(made)
        return made

    def _round_off(self, made: Composed) -> None:
        """Says what comes next, then makes an answer easy, where the customer would get too few words."""
        ends = {Part.FOLLOW_UP.value, Part.CLOSE.value} & set(made.strategy.parts)
        for part in (Part.ROUND, Part.ROUND) if ends else (Part.FOLLOW_UP, Part.ROUND):
            if len(PLACEHOLDER.sub(" ", made.text).split()) >= _FEWEST_WORDS:
                return
            if (more := self._best(part.value, made)) is not None:
                made.chosen.append(more)

    def _parts(self, strategy: Strategy) -> list[str]:
        """A strategy's parts; a question that waits for an answer gets one in the place of the next step."""
        asked = "asks" in self._context.flags
        return [ANSWER if asked and part == Part.RESOLVE else part for part in strategy.parts]

    def _keep(self, made: Composed) -> None:
        for one in made.chosen:
            if one.sentence is not None:
                self._used.add(one.sentence.text)
                for name in (Slot.TROUBLE, Slot.STORY):
                    self._clauses.update(
                        c for c in self._context.slots.choices(name) if c in one.text.lower() or c in one.text
                    )

    def _best(self, part: str, made: Composed) -> Chosen | None:
        found = [c for s, fit in self._candidates(part) if (c := self._filled(s, fit, made)) is not None]
        found.sort(key=lambda c: -c.fit)
        return next((c for c in found[:_LOOKED_AT] if self._passes(c, made)), None)

    def _candidates(self, part: str) -> Iterator[tuple[Sentence, float]]:
        if part == ANSWER:
            yield from ((s, fit) for s, fit in self._fitting(Part.RESOLVE) if _ANSWERS.search(s.text))
            return
        for name in part.split("|"):
            yield from ((s, fit) for s, fit in self._fitting(Part(name)) if not _ANSWERS.search(s.text))

    def _fitting(self, part: Part) -> list[tuple[Sentence, float]]:
        """The sentences of a part that fit the moment, whatever the reply, and how well they do."""
        if part not in self._by_part:
            told = [(s, self._fit(s)) for s in bank().of(part) if self._is_possible(s)]
            self._by_part[part] = [(s, fit) for s, fit in told if fit > _NEVER / 2]
        return self._by_part[part]

    def _is_possible(self, sentence: Sentence) -> bool:
        """Whether the conversation fills a sentence's slots and holds what it takes for granted."""
        context = self._context
        slots = all(context.slots.choices(name) for name in sentence.slots)
        return slots and context.heat in sentence.heat and holds(sentence.text, self._holding)

    def _fit(self, sentence: Sentence) -> float:
        fit = self._feeling(sentence) + self._situation(sentence) + _JITTER * self._context.draw(sentence.text)
        return fit - 2.0 * (sentence.register is Register.FORMAL and not self._context.formal)

    def _filled(self, sentence: Sentence, fit: float, made: Composed) -> Chosen | None:
        """A sentence with its slots filled, None where it has no place in this reply."""
        if sentence.text in self._used or any(one.sentence is sentence for one in made.chosen):
            return None
        fit += self._place(sentence, made) + 0.5 * (sentence.register is made.strategy.register)
        values = self._values(sentence, made) if fit >= 0 else None
        if values is None:
            return None
        text = _capital(_fill(sentence.text, values))
        gain = sum(_GAIN.get(name, 0.8) - _AGAIN * (value in self._clauses) for name, value in values.items())
        return Chosen(text, sentence, fit + gain)

    def _passes(self, chosen: Chosen, made: Composed) -> bool:
        """Whether a sentence says something new, offers nothing that was tried, and passes the guard."""
        said = stems(PLACEHOLDER.sub(" ", chosen.text))
        if _repeats(said, made, self._context.told) or (said & _TRIES & self._context.words):
            return False
        return guard.check(chosen.text, self._context.conversation).ok

    def _place(self, sentence: Sentence, made: Composed) -> float:
        if not made.chosen:
            opens = sentence.opens or _SORRY.match(sentence.text) is not None
            return 0.0 if opens and not _LEANS.search(sentence.text) else _NEVER
        if _GREETS.match(sentence.text) or (_SORRY.search(sentence.text) and _SORRY.search(made.text)):
            return _NEVER
        if set(sentence.situations) <= _MOVES and any(
            c.sentence and set(c.sentence.situations) <= _MOVES for c in made.chosen
        ):
            return _NEVER
        if _LEANS.search(sentence.text) and not _LEANS_ON.search(made.text):
            return _NEVER
        return -0.4 * sentence.opens

    def _feeling(self, sentence: Sentence) -> float:
        if self._context.feeling in sentence.feelings:
            return 1.0
        if ANY in sentence.feelings:
            return 0.6
        return 0.5 if any(near in sentence.feelings for near in self._context.near) else _NEVER

    def _situation(self, sentence: Sentence) -> float:
        glad = self._context.moment.kind is Kind.GLAD
        if glad and sentence.pillar in _OF_THE_MOMENT and Situation.THANKS not in sentence.situations:
            return _NEVER
        if ANY in sentence.situations:
            return _ANYWHERE
        about = self._context.situations
        ranks = [about.index(s) for s in map(Situation, sentence.situations) if s in about]
        moves = sum(about[r] in _MOVES for r in ranks)
        if not ranks:
            return _NEVER
        if about[ranks[0]] is Situation.GAVE or about[ranks[0]] is Situation.ANSWERED:
            return _MOVE
        if moves == len(ranks) and sentence.pillar not in (Part.FOLLOW_UP, Part.RESOLVE, Part.ASK):
            return _NEVER
        if moves == len(ranks):
            return _MOVE if _ABOVE.search(sentence.text) else _NEVER
        return _FIRST if min(ranks) == 0 else _OTHER

    def _values(self, sentence: Sentence, made: Composed) -> dict[str, str] | None:
        """What fills a sentence's slots; None where nothing does for one, or where it was said just before."""
        values: dict[str, str] = {}
        before = made.text.lower()
        if Slot.MATTER in sentence.slots and any(c.sentence and _SPOKEN & set(c.sentence.slots) for c in made.chosen):
            return None
        for name in sentence.slots:
            choices = self._context.slots.choices(name)
            fresh = [c for c in choices if c.lower() not in before and c not in self._clauses] or (
                [c for c in choices if c.lower() not in before]
            )
            if name in (Slot.TROUBLE, Slot.STORY) and ANY not in sentence.situations:
                fresh = [c for c in fresh if any(tells(Situation(s), c) for s in sentence.situations)]
            beside = self._context.beside.get(name)
            if (
                beside is not None
                and ANY not in sentence.situations
                and not beside & set(map(Situation, sentence.situations))
            ):
                return None
            if name == Slot.TROUBLE and not sentence.text.endswith("{trouble}."):
                fresh = [c for c in fresh if len(c.split()) <= _IN_THE_MIDDLE]
            if _WHY.search(sentence.text):
                fresh = [c for c in fresh if _BEFALLS.match(c)]
            if not fresh:
                return None
            values[name] = fresh[0]
        return values


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text.replace("..", ".").replace("?.", "?")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _repeats(said: set[str], made: Composed, told: Sequence[frozenset[str]]) -> bool:
    """Whether a sentence says again what the reply or the agent's side has just said."""
    others = [stems(c.text) for c in made.chosen]
    return any(
        said and len(said & set(o)) > _ALIKE * min(len(said), max(len(o), 1)) for o in (*others, *told) if len(o) > 2
    )
