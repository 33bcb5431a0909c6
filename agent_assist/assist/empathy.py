"""Reads how empathetic an agent's reply is in its moment, with the small model of `models/empathy`.

The model reads words on a page, never the agent: what comes out is about a text, is shown to whoever wrote it, and is
neither stored nor logged. Replies to turns in another language than English are not read.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from agent_assist.assist import pillars
from agent_assist.assist.empathy_cues import cues, turn_cues
from agent_assist.assist.sentences import PLACEHOLDER, split
from agent_assist.emotion.language import readable, unread_turns
from agent_assist.emotion.text import mask, plain, says_something
from agent_assist.encoder import MANIFEST, Encoder
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Pillar, PillarState, Speaker, Turn
from models.empathy import FOLDER

SIGNS = ("validates", "understands", "explores", "advises", "dismisses", "self")
"""What else a reply does: names the feeling, takes up the particulars, invites to say more; gives advice that nobody
asked for, brushes off, turns to the speaker."""
EMPATHY = "empathy"
NEEDS = "needs "
_NEEDED = tuple(f"{NEEDS}{p}" for p in Pillar)
"""What a moment needs is read from the customer's words, with an empty reply: it does not depend on what is replied."""
OUTPUTS = (*(f"gives {p}" for p in Pillar), *_NEEDED, *SIGNS, EMPATHY)
"""What the network gives, in log-odds."""

BEFORE_CHARS = 250
"""What the network sees of the customer's last words: their end, so that the reply itself is always read whole."""
PART_CHARS = 350
"""A longer reply is read in parts: with what it answers, one part fits into the network."""
MAX_PARTS = 8
BEST = 3
"""How many of an agent's turns stand out in a conversation: they count as much as all of them together."""
_KEPT = 256


class Blend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the network's word for something and the table's are added, in log-odds."""

    base: float
    network: float
    table: float

    def of(self, network: float, table: float) -> float:
        """The chance, 0 to 1."""
        return 0.5 * (1 + math.tanh(0.5 * (self.base + self.network * network + self.table * table)))


class Manifest(msgspec.Struct, frozen=True):
    """`labels.json`.

    Attributes:
        outputs: of the network, in their order.
        blends: for each output, how the network and the table are added.
        tables: for each output, what each of `features` (for needs, `turn_features`) weighs; others weigh nothing.
        sha256: of the shipped files, by name.
    """

    outputs: tuple[str, ...]
    blends: dict[str, Blend]
    tables: dict[str, dict[str, float]]
    sha256: dict[str, str]


@dataclass(frozen=True, slots=True)
class ReplyReading:
    """How a reply reads in its moment.

    Attributes:
        empathy: 0 to 1: `warmth`, averaged with the share of the needed pillars that are there, so that the score and
            what is said to be missing agree.
        warmth: 0 to 1, how the words alone read.
        pillars: the state of each, in the order of `Pillar`.
        signs: chance of each of `SIGNS`, 0 to 1.
    """

    empathy: float
    warmth: float
    pillars: dict[Pillar, PillarState]
    signs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What an agent said in one go, in one or more messages, and the turns before it."""

    text: str
    before: tuple[Turn, ...]


class EmpathyReader:
    """Reads replies. The same reply in the same moment always reads the same.

    Args:
        encoder: runs the network of `models/empathy`.
        folder: holds `labels.json`.

    Raises:
        KnownError: `labels.json` is missing or damaged.
    """

    def __init__(self, encoder: Encoder, folder: Path = FOLDER) -> None:
        self._encoder = encoder
        self._manifest = load_manifest(folder)
        self._recent: dict[bytes, tuple[float, ...]] = {}
        """By digest, so that no text is kept: a conversation's turns are asked for one by one and then as a whole."""

    def reply(self, conversation: Conversation, draft: str) -> tuple[float, dict[Pillar, PillarState]] | None:
        """Empathy, 0 to 1, and the pillars of a reply to the end of a conversation.

        What the agent has written since the customer's last turn is read with it, as the customer will.

        Returns:
            None where there are no words to read, or the customer's last turn or the draft is in another language.
        """
        said = [turn.text for turn in _own_run(conversation.turns)]
        before = conversation.turns[: len(conversation.turns) - len(said)]
        last = next((turn.i for turn in reversed(before) if turn.speaker is Speaker.CUSTOMER), None)
        if not _legible(draft) or last in unread_turns(conversation):
            return None
        read = self.read("\n".join([*said, draft]), before)
        return read.empathy, read.pillars

    def whole(self, conversation: Conversation) -> float | None:
        """Empathy of all that the agents answered in a conversation, 0 to 1.

        Half is the warmth of the turns, half how much they validate, understand and explore, less how much they
        dismiss. Each of these is the mean over the turns, averaged with the mean over the `BEST` turns that show most
        of it: people who rate a conversation remember what stood out.

        Returns:
            None where no agent answered a customer's turn in English.
        """
        read = [self.read(exchange.text, exchange.before) for exchange in _exchanges(conversation)]
        if not read:
            return None
        warm = ("validates", "understands", "explores")
        view = sum(_level([r.signs[s] for r in read]) for s in warm) - _level([r.signs["dismisses"] for r in read])
        return (_level([r.warmth for r in read]) + (view + 1) / (len(warm) + 1)) / 2

    def read(self, text: str, before: Sequence[Turn]) -> ReplyReading:
        """How a reply reads.

        Args:
            text: the reply.
            before: the turns that it answers.
        """
        customer = _customer_words(before)
        seen, said = features(text, before), turn_features(before)
        network = self._network(text, customer) | {n: v for n, v in self._network("", customer).items() if n in _NEEDED}
        chance = {
            name: self._manifest.blends[name].of(
                network[name], weighed(self._manifest.tables[name], said if name in _NEEDED else seen)
            )
            for name in OUTPUTS
        }
        needed = {p for p in Pillar if customer and chance[f"{NEEDS}{p}"] >= 0.5}
        if Pillar.LISTEN not in needed:
            # Nobody needs an apology, or to be told that they are not alone, who need not be heard first.
            needed -= {Pillar.OWN, Pillar.FOLLOW_UP}
        carried = {p for p in Pillar if chance[f"gives {p}"] >= 0.5}
        states = {p: pillars.state(p in needed, p in carried, p) for p in Pillar}
        empathy = _together(chance[EMPATHY], states)
        return ReplyReading(empathy, chance[EMPATHY], states, {s: chance[s] for s in SIGNS})

    def _network(self, text: str, customer: str) -> dict[str, float]:
        """The network's outputs for a reply; of one in parts, what shows most in any, and the mean of empathy."""
        parts = [as_read(part, customer) for part in _parts(text)]
        keys = [hashlib.blake2b(p.encode("utf-8", "surrogatepass"), digest_size=16).digest() for p in parts]
        found = [self._recent.get(key) for key in keys]
        rows = [self._one(part) if row is None else row for part, row in zip(parts, found, strict=True)]
        for key, row in zip(keys, rows, strict=True):
            self._recent.pop(key, None)
            self._recent[key] = row
        for key in list(self._recent)[: max(0, len(self._recent) - _KEPT)]:
            self._recent.pop(key, None)
        columns = dict(zip(OUTPUTS, zip(*rows, strict=True), strict=True))
        return {n: max(c) if n != EMPATHY else sum(c) / len(c) for n, c in columns.items()}

    def _one(self, part: str) -> tuple[float, ...]:
        return tuple(float(value) for value in self._encoder.scores([part])[0])


def _together(warmth: float, states: Mapping[Pillar, PillarState]) -> float:
    weights = pillars.WEIGHTS
    needed = sum(weights[p] for p, s in states.items() if s is not PillarState.NOT_NEEDED)
    given = sum(weights[p] for p, s in states.items() if s is PillarState.GIVEN)
    return (warmth + given / needed) / 2 if needed else warmth


def load_manifest(folder: Path) -> Manifest:
    """Reads `labels.json`.

    Raises:
        KnownError: it is missing or damaged, or names other outputs than this version reads.
    """
    path = folder / MANIFEST
    try:
        manifest = msgspec.convert(json.loads(path.read_text(encoding="utf-8")), Manifest)
    except (OSError, ValueError) as error:
        raise KnownError(f"The empathy model's file {path} is missing or damaged. {_REINSTALL}") from error
    if manifest.outputs != OUTPUTS or not set(OUTPUTS) <= set(manifest.blends) & set(manifest.tables):
        raise KnownError(f"The empathy model's file {path} belongs to another version. {_REINSTALL}")
    return manifest


def features(text: str, before: Sequence[Turn]) -> dict[str, float]:
    """What can be pointed at in a reply: what the rules of `pillars` say, and surface cues; "base" is always 1.

    Args:
        text: the reply.
        before: the turns that it answers.
    """
    now = pillars.moment(None, before)
    given = pillars.gives(text, now)
    seen = {"base": 1.0} | {f"gives {p}": float(p in given) for p in Pillar}
    seen |= _moment_features(now)
    seen["score"] = pillars.empathy(text, pillars.assess(text, None, before), None)
    customer = _customer_words(before)
    shown = cues(text, customer)
    seen |= {f"cue: {name}": value for name, value in shown.items()}
    # A step to take is what a desk is for; to somebody who tells of their own life it is advice that nobody asked for.
    if pillars.seems_of_life(customer):
        seen |= {f"of life: {name}": value for name, value in shown.items()} | {"of life": 1.0}
    return seen


def weighed(table: Mapping[str, float], seen: Mapping[str, float]) -> float:
    """What a table says of what is seen, in log-odds."""
    return sum(weight * seen.get(name, 0.0) for name, weight in table.items())


def turn_features(before: Sequence[Turn]) -> dict[str, float]:
    """What can be pointed at in the turns that a reply answers: it tells what the moment needs, whatever is replied."""
    customer = _customer_words(before)
    seen = {"base": 1.0} | _moment_features(pillars.moment(None, before))
    return seen | turn_cues(customer) | {"of life": float(pillars.seems_of_life(customer))}


def _moment_features(now: pillars.Moment) -> dict[str, float]:
    kinds = {"calm question": now.asking, "own life": now.personal, "closing": now.closing, "trouble": now.trouble}
    return {name: float(so) for name, so in kinds.items()} | {f"needs {p}": float(p in now.needs) for p in Pillar}


_REINSTALL = "Install Agent Assist again to bring it back."


def as_read(text: str, before: str) -> str:
    """A reply and what it answers, as the network reads them: one text, the reply first."""
    return f"{_own(text)} [SEP] {_own(before)[-BEFORE_CHARS:]}"


def _own(text: str) -> str:
    """One line without links, numbers of orders and blanks to be filled in (which also keeps a "[SEP]" out)."""
    return " ".join(PLACEHOLDER.sub(" ", plain(mask(text))).split())


def _legible(text: str) -> bool:
    return says_something(mask(text)) and readable(text)


def _parts(text: str) -> list[str]:
    """A reply cut between sentences into parts of at most `PART_CHARS`; of a very long one the first parts."""
    if len(text) <= PART_CHARS:
        return [text]
    parts = [""]
    for sentence in split(text):
        for start in range(0, len(sentence), PART_CHARS):
            piece = sentence[start : start + PART_CHARS]
            if parts[-1] and len(parts[-1]) + len(piece) >= PART_CHARS:
                parts.append("")
            parts[-1] = f"{parts[-1]} {piece}".strip()
    return parts[:MAX_PARTS]


def _own_run(turns: Sequence[Turn]) -> list[Turn]:
    """The agent's turns at the end, since anybody else spoke."""
    run: list[Turn] = []
    for turn in reversed(turns):
        if turn.speaker is not Speaker.AGENT:
            break
        run.insert(0, turn)
    return run


def _customer_words(before: Sequence[Turn]) -> str:
    """What the customer said since an agent last spoke; what was said before, where they said nothing since."""
    run: list[str] = []
    for turn in reversed(before):
        if turn.speaker is Speaker.CUSTOMER:
            run.insert(0, turn.text)
        elif turn.speaker is Speaker.AGENT and run:
            break
    return " ".join(run)


def _exchanges(conversation: Conversation) -> Iterator[_Exchange]:
    """What the agents answered to customer turns that can be read."""
    unread = unread_turns(conversation)
    start: int | None = None
    last: int | None = None
    for turn in (*conversation.turns, None):
        if turn is not None and turn.speaker is Speaker.AGENT:
            start = turn.i if start is None else start
            continue
        if start is not None:
            run = conversation.turns[start : len(conversation.turns) if turn is None else turn.i]
            text = "\n".join(one.text for one in run)
            if last is not None and last not in unread and _legible(text):
                yield _Exchange(text, conversation.turns[:start])
            start = None
        if turn is not None and turn.speaker is Speaker.CUSTOMER:
            last = turn.i


def _level(values: Sequence[float]) -> float:
    """The mean, averaged with that of the `BEST` highest."""
    best = sorted(values, reverse=True)[:BEST]
    return (sum(values) / len(values) + sum(best) / len(best)) / 2
