from __future__ import annotations

import random
import re
from datetime import date
from pathlib import Path
from string import ascii_lowercase

from below import decrypted
from history_samples import Clock

from agent_assist import secrets
from agent_assist.history import History
from agent_assist.history.backups import Backups
from agent_assist.paths import Places
from agent_assist.records import (
    Analysis,
    Aside,
    Assist,
    BackupKind,
    ContextUse,
    Conversation,
    CustomerRecord,
    EmotionReading,
    Fact,
    Grounding,
    Label,
    Line,
    Mood,
    NextAction,
    Outcome,
    Pillar,
    PillarState,
    Query,
    Reply,
    Severity,
    Speaker,
    Spike,
    Summary,
    Turn,
    Vulnerability,
)

PHRASES = 1000


class Planter:
    """Makes phrases of two words that are nowhere else, and counts them.

    Words begin differently, for an index leaves out what a word has in common with the one before it.
    """

    def __init__(self, mark: str = "zqx") -> None:
        self._mark = mark
        self._chance = random.Random(mark)
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return " ".join(self._word() for _ in range(2))

    def traces(self, raw: bytes) -> set[int]:
        """Numbers of the phrases of which a word is there, as UTF-8 or UTF-16."""
        narrow = re.findall(rb"%b(\d{4})" % self._mark.encode(), raw)
        wide = re.findall(rb"%b((?:\d\x00){4})" % self._mark.encode("utf-16-le"), raw)
        return {int(found.replace(b"\x00", b"")) for found in narrow + wide}

    def _word(self) -> str:
        return f"{''.join(self._chance.choices(ascii_lowercase, k=6))}{self._mark}{self.count:04d}"


def planted_analysis(identity: str, new: Planter) -> Analysis:
    """A conversation with a phrase in every field that holds text."""
    turns = tuple(
        Turn(i, Speaker.CUSTOMER if i % 2 == 0 else Speaker.AGENT, f"I said {new()}, twice.\n{new()}", new())
        for i in range(8)
    )
    readings = tuple(
        EmotionReading(i, Label.ANGER, 0.9, -0.5, 0.1, dict.fromkeys(Label, 1 / 7), (new(), new())) for i in (0, 2)
    )
    spike = Spike(2, Label.ANGER, Severity.HIGH, 0.9, 0.4, None, (new(), new()), new(), new())
    hard_life = Vulnerability(2, "illness", (new(),), new())
    pillars = {Pillar.LISTEN: PillarState.GIVEN}
    assist = Assist(
        summary=Summary(
            issue=Line(new(), (0,)),
            tried=(Line(new(), (1,)), Line(new(), (1,))),
            feeling=Line(new(), (2,)),
            wants=Line(new(), (4,)),
            open=(Line(new(), (6,)),),
            facts=(Fact("order_id", new(), 0),),
        ),
        next_actions=(NextAction(new(), new(), (4,)),),
        replies=tuple(Reply("Own it", new(), pillars, 0.8, Grounding(False, (new(),))) for _ in range(3)),
        context=ContextUse(310, 4096),
        model="a-model",
        notes=(new(),),
        first_token_ms=1.0,
        ms=2.0,
        tactic=NextAction(new(), new(), (4,)),
    )
    conversation = Conversation(
        identity,
        "plain",
        turns,
        new(),
        notes=(new(),),
        record=CustomerRecord(((new(), new()),)),
        asides=(Aside(new(), -1), Aside(new(), 4, new())),
    )
    return Analysis(conversation, Mood(readings, (spike,), None, 0.5, 1.0, (), (), (hard_life,)), assist)


def plant(history: History, new: Planter) -> list[str]:
    """Saves conversations until there are enough phrases, and does with them all that takes a text."""
    names: list[str] = []
    while new.count < PHRASES:
        name = f"conversation-{len(names)}"
        names.append(name)
        history.save(planted_analysis(name, new), {new(): new(), new(): new()})
        history.record_outcome(name, 0, Outcome.EDITED, new())
        history.set_tags(name, (new(), new()))
        history.add_follow_up(name, new(), date(2026, 2, 1))
    return names


def raw_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def below(places: Places, key: bytes) -> tuple[bytes, bytes]:
    """The history and the index of words as they are below the encryption of their pages."""
    return decrypted(places.history, key), decrypted(places.search_index, secrets.subkey(key, "search"))


def test_none_of_a_thousand_planted_phrases_is_in_any_file(places: Places, clock: Clock, tmp_path: Path) -> None:
    new = Planter()
    with History.open(places, clock=clock) as history:
        key = secrets.database_key(places)
        names = plant(history, new)
        assert new.count >= PHRASES
        for name in names:
            word = history.load(name).conversation.turns[0].text.split()[2]
            assert new.traces(word.encode()) == new.traces(word.encode("utf-16")) != set(), "nothing is looked for"
            assert [item.id for item in history.find(Query(word))] == [name]
        Backups(places, tmp_path / "backups", clock).make(key, BackupKind.MANUAL)
        assert Path(f"{places.history}-wal").stat().st_size > 4096, "the write-ahead log is empty: nothing is looked at"
        assert new.traces(raw_bytes(tmp_path)) == set()

        history_below, index_below = below(places, key)
        assert new.traces(history_below) == set(), "a text is not sealed with the key of its conversation"
        assert len(new.traces(index_below)) > PHRASES / 3, "the decryption does not work"
    assert new.traces(raw_bytes(tmp_path)) == set()


def test_erasing_leaves_none_of_them_below_the_encryption_either(places: Places, clock: Clock) -> None:
    gone, kept = Planter("zqx"), Planter("xvj")
    with History.open(places, clock=clock) as history:
        key = secrets.database_key(places)
        names = plant(history, gone)
        history.save(planted_analysis("kept", kept))
        assert len(history.find(Query("twice"))) == len(names) + 1
        assert len(gone.traces(below(places, key)[1])) > PHRASES / 3, "they are not in the index"
        history.delete_many(names)
        assert gone.traces(raw_bytes(places.home)) == set()
        assert gone.traces(b"".join(below(places, key))) == set()
        assert history.load("kept") == planted_analysis("kept", Planter("xvj"))
        assert [item.id for item in history.find(Query("twice"))] == ["kept"]
        assert kept.traces(below(places, key)[1]), "the decryption does not work"
    assert gone.traces(raw_bytes(places.home)) == set()
    assert gone.traces(b"".join(below(places, key))) == set()
