"""Saved, grown, edited, erased and reopened in whatever order, the history holds what a plain dict does."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import pytest
from history_samples import Clock, make_analysis
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent_assist.errors import Gone
from agent_assist.history import History
from agent_assist.history.merging import grow, merge
from agent_assist.paths import Places
from agent_assist.records import (
    Analysis,
    Aside,
    Conversation,
    CustomerRecord,
    EmotionReading,
    Label,
    Mood,
    Severity,
    Speaker,
    Spike,
    Turn,
)

KEY = b"k" * 32
IDS = ("a", "b", "c")
ids, distress = st.sampled_from(IDS), st.sampled_from([0.2, 0.8])
customers = st.sampled_from([None, "Anna Lee", "ANNA LEE", "Ben"])


def read(identity: str, count: int, edits: int, customer: str | None, worst: float) -> Analysis:
    """A conversation of so many turns, each with a text of its own; `edits` changes the last one's."""
    turns = tuple(
        Turn(i, Speaker.CUSTOMER, f"{identity} says {i}" + (f" edit{edits}" if edits and i == count - 1 else ""))
        for i in range(count)
    )
    readings = tuple(EmotionReading(i, Label.ANGER, worst, 0.0, 0.0, {Label.ANGER: 1.0}) for i in range(count))
    spikes = (Spike(count - 1, Label.ANGER, Severity.LOW, worst, 0.1, None, ("says",), "."),) if worst > 0.5 else ()
    return Analysis(Conversation(identity, "plain", turns, customer), Mood(readings, spikes, worst, worst))


class SavingMachine(RuleBasedStateMachine):
    """Two histories of one folder, as two processes have them, beside a dict."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True)
        self._places = Places(Path(self._folder.name) / "data")
        self._clock = Clock()
        self._open = [History.open(self._places, clock=self._clock, key=KEY) for _ in range(2)]
        self._model: dict[str, Analysis] = {}
        self._erased: set[str] = set()

    def teardown(self) -> None:
        for history in self._open:
            history.close()
        self._folder.cleanup()

    def _save(self, analysis: Analysis, by: int) -> None:
        try:
            self._open[by].save(analysis)
        except Gone:
            assert analysis.conversation.id in self._erased - self._model.keys()
            self._open[by].save(analysis, anew=True)
        before = self._model.get(analysis.conversation.id)
        if before is not None and analysis.conversation.customer is None:  # what only the saved one knew stays
            known = dataclasses.replace(analysis.conversation, customer=before.conversation.customer)
            analysis = dataclasses.replace(analysis, conversation=known)
        self._model[analysis.conversation.id] = analysis

    @rule(identity=ids, more=st.integers(1, 3), customer=customers, worst=distress, by=st.integers(0, 1))
    def grow(self, identity: str, more: int, customer: str | None, worst: float, by: int) -> None:
        before = self._model.get(identity)
        count = len(before.conversation.turns) if before else 3
        shown = read(identity, count + more, 0, customer, worst)
        if before is not None:  # what was edited before stays edited
            turns = (*before.conversation.turns, *shown.conversation.turns[count:])
            shown = dataclasses.replace(shown, conversation=dataclasses.replace(shown.conversation, turns=turns))
        self._save(shown, by)

    @rule(identity=ids, edits=st.integers(1, 3), worst=distress, by=st.integers(0, 1))
    def edit(self, identity: str, edits: int, worst: float, by: int) -> None:
        before = self._model.get(identity)
        if before is not None:
            last = before.conversation.turns[-1]
            turns = (*before.conversation.turns[:-1], dataclasses.replace(last, text=f"{last.text} edit{edits}"))
            mood = read(identity, len(turns), 0, None, worst).mood
            self._save(Analysis(dataclasses.replace(before.conversation, turns=turns), mood), by)

    @rule(identity=ids, by=st.integers(0, 1))
    def erase(self, identity: str, by: int) -> None:
        erased = self._model.pop(identity, None)
        if erased is not None:
            self._open[by].delete(identity)
            self._erased.add(identity)
            with pytest.raises(Gone):  # both have loaded it
                self._open[1 - by].save(erased)

    @rule(which=st.integers(0, 1))
    def reopen(self, which: int) -> None:
        self._open[which].close()
        self._open[which] = History.open(self._places, clock=self._clock, key=KEY)

    @invariant()
    def the_same_as_a_dict(self) -> None:
        for history in self._open:
            assert {item.id for item in history.list()} == self._model.keys()
            for identity, analysis in self._model.items():
                assert history.load(identity) == analysis
            names = {
                " ".join(a.conversation.customer.split()).casefold()
                for a in self._model.values()
                if a.conversation.customer
            }
            assert {" ".join(c.name.split()).casefold() for c in history.customers()} == names


TestSaving = SavingMachine.TestCase
TestSaving.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


parts = st.lists(st.sampled_from(["ok", "no", "well"]), max_size=6)


@given(parts, parts, customers, customers, st.booleans(), st.booleans())
def test_growing_gives_what_merging_gives(
    saved: list[str], more: list[str], before: str | None, now: str | None, proposed: bool, proposes: bool
) -> None:
    def made(texts: list[str], customer: str | None, asides: tuple[Aside, ...], *, helped: bool) -> Analysis:
        turns = tuple(Turn(i, Speaker.CUSTOMER, text) for i, text in enumerate(texts))
        record = CustomerRecord((("plan", "Gold"),)) if customer else None
        assist = make_analysis().assist if helped else None
        summary = dataclasses.replace(assist.summary, issue=None, tried=(), wants=None, facts=()) if assist else None
        assist = (
            dataclasses.replace(
                assist,
                summary=summary,
                next_actions=(),
                tactic=None,
                context=dataclasses.replace(assist.context, left_out=()),
            )
            if assist and summary
            else None
        )
        return Analysis(Conversation("c", "plain", turns, customer, record=record, asides=asides), Mood(()), assist)

    old = made(saved, before, (Aside("note", -1), Aside("again", -1)), helped=proposed)
    new = made(saved + more, now, (Aside("again", -1),), helped=proposes)
    assert grow(old, new) == merge(old, new)
