"""Reading what customers feel, with what agents taught this desk; and taking their corrections."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_assist.errors import KnownError
from agent_assist.learning import Learning
from agent_assist.paths import Places
from agent_assist.records import Conversation, Correction, EmotionReading, Explanation, Label, Mood

if TYPE_CHECKING:
    from agent_assist.emotion import EmotionReader, NudgeTable
    from agent_assist.emotion.habit import Habit
    from agent_assist.history import History


class Feelings:
    """The emotion model of one installation, loaded when first needed.

    Args:
        places: where the site's own table of nudges may lie.
        learning: what agents taught.
        threads: processor threads; more than one only pays for batches.
        as_shipped: read without what was taught.
    """

    def __init__(self, places: Places, learning: Learning, threads: int, *, as_shipped: bool) -> None:
        self._places = places
        self._learning = learning
        self._threads = threads
        self._as_shipped = as_shipped
        self._reader: EmotionReader | None = None
        self._nudges: NudgeTable | None = None
        self._busy = threading.Lock()

    @property
    def habit(self) -> Habit | None:
        """What was learnt, None where nothing was or it is not to be used."""
        return None if self._as_shipped else self._learning.habit

    def read(self, conversations: Sequence[Conversation]) -> list[Mood]:
        """See `Desk.read_many`."""
        habit = self.habit
        moods = self._read(conversations, habit)
        if habit is None:
            return moods
        return [self._as_agents_said(c, mood) for c, mood in zip(conversations, moods, strict=True)]

    def explain(self, conversation: Conversation, mood: Mood, turn: int) -> Explanation:
        """See `Desk.explain`."""
        from agent_assist.emotion import explain

        with self._busy:
            return explain(self._the_reader(), conversation, mood, turn, self._the_nudges())

    def cause_title(self, name: str) -> str:
        """See `Desk.cause_title`."""
        table = self._nudges
        return table.title(name) if table is not None and name in table.causes else ""

    def correct(self, conversation: Conversation, mood: Mood, turn: int, label: Label, history: History | None) -> Mood:
        """See `Desk.correct`."""
        from agent_assist.emotion.habit import corrected

        raws = self._raws(conversation, turn)
        raw = raws[turn]
        said = Correction(conversation.id, turn, label, raw.scores, raw.distress)
        before = _where_they_stand(self._learning.said(conversation.id), raws).get(turn)
        self._learning.add([*self._kept_from(said, raws), said], history)
        if before is not None and before.turn != turn:  # said anew of a turn that stood elsewhere: one word for each
            self._learning.remove(conversation.id, before.turn, history)
        return self._with(conversation, mood, corrected(raw, label))

    def uncorrect(self, conversation: Conversation, mood: Mood, turn: int, history: History | None) -> Mood:
        """See `Desk.uncorrect`."""
        raws = self._raws(conversation, turn)
        raw = raws[turn]
        one = _where_they_stand(self._learning.said(conversation.id), raws).get(turn)
        if one is not None:
            self._learning.remove(conversation.id, one.turn, history)
        habit = self.habit
        return self._with(conversation, mood, raw if habit is None else habit.apply(raw))

    def _read(self, conversations: Sequence[Conversation], habit: Habit | None) -> list[Mood]:
        # Imported here: numpy and onnxruntime take longer to import than the window may take to show.
        from agent_assist.emotion import read_moods

        with self._busy:  # corrections are read in another lane
            return read_moods(self._the_reader(), conversations, habit, self._the_nudges())

    def _the_nudges(self) -> NudgeTable:
        from agent_assist.emotion import load_nudges

        if self._nudges is None:
            self._nudges = load_nudges(self._places)
        return self._nudges

    def _the_reader(self) -> EmotionReader:
        from agent_assist.emotion import EmotionReader
        from agent_assist.encoder import Encoder
        from models import emotion

        if self._reader is None:
            self._reader = EmotionReader(Encoder(emotion.FOLDER, self._threads))
        return self._reader

    def _raws(self, conversation: Conversation, turn: int) -> dict[int, EmotionReading]:
        """What the model alone says of the turns, with nothing that was learnt; `turn` is one of them."""
        raws = {raw.turn: raw for raw in self._read([conversation], None)[0].readings}
        if turn not in raws:
            raise KnownError("That message was not read, so that there is nothing to correct. Choose another one.")
        return raws

    def _kept_from(self, said: Correction, raws: Mapping[int, EmotionReading]) -> list[Correction]:
        """What was said of another turn that had this index, under one that is free: it is not replaced."""
        from agent_assist.emotion.habit import same_turn

        before = self._learning.said(said.conversation)
        other = next((one for one in before if one.turn == said.turn), None)
        if other is None or same_turn(other, raws[said.turn]):
            return []
        place = next((i for i, one in _where_they_stand(before, raws).items() if one is other), None)
        taken = {one.turn for one in before}
        free = place if place is not None and place not in taken else 1 + max(*raws, *taken)
        return [replace(other, turn=free)]

    def _with(self, conversation: Conversation, mood: Mood, *readings: EmotionReading) -> Mood:
        """The mood with readings in place of those of the same turns, judged anew."""
        from agent_assist.emotion import judge

        fresh = {reading.turn: reading for reading in readings}
        replaced = [fresh.get(reading.turn, reading) for reading in mood.readings]
        return judge(conversation, replaced, mood.unread, nudges=self._nudges, ms=mood.ms)

    def _as_agents_said(self, conversation: Conversation, mood: Mood) -> Mood:
        """The mood with the labels that agents gave to turns of this conversation before."""
        said = self._learning.said(conversation.id)
        if not said:
            return mood
        from agent_assist.emotion.habit import corrected

        raws = {raw.turn: raw for raw in self._read([conversation], None)[0].readings}
        found = _where_they_stand(said, raws)
        return self._with(conversation, mood, *(corrected(raws[i], one.label) for i, one in found.items()))


def _where_they_stand(said: Sequence[Correction], raws: Mapping[int, EmotionReading]) -> dict[int, Correction]:
    """What agents said, by where the turn stands now: messages that were loaded above move those below them."""
    from agent_assist.emotion.habit import same_turn

    found = {one.turn: one for one in said if one.turn in raws and same_turn(one, raws[one.turn])}
    for one in said:
        if found.get(one.turn) is one:
            continue
        again = [turn for turn, raw in raws.items() if turn not in found and same_turn(one, raw)]
        if again:  # of several that read alike, the one that is nearest to where it stood
            found[min(again, key=lambda turn: abs(turn - one.turn))] = one
    return found
