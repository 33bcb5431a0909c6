"""A hand-written desk: quick canned answers, slow or failing on request. Satisfies `ui.ports.DeskPort`."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fake_arrivals import FakeArrivals
from fake_coach import FakeCoach
from fake_custody import FakeCustody
from fake_feelings import FakeLearning
from fake_history import FakeHistory
from fake_shelf import FakeShelf

from agent_assist.capture import Tables
from agent_assist.errors import AgentAssistError, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import SandboxState
from agent_assist.paths import Places
from agent_assist.records import (
    Analysis,
    Assist,
    AssistEvent,
    ContextUse,
    Conversation,
    CustomerTurn,
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
    Progress,
    Reply,
    ReplyDraft,
    ReplyReady,
    Severity,
    Speaker,
    Spike,
    Stage,
    Summary,
    SummaryDraft,
    Turn,
)
from agent_assist.settings import Settings

SAMPLE = """Maya Reyes: Hi, I ordered a standing desk three weeks ago and it still says processing. Order A-48213.
Sam: Hello Maya, thanks for reaching out. Let me look into that for you.
Maya Reyes: You charged me $649 the same day, so somebody has been busy at least.
Sam: I see the order here. Did you contact us before?
Maya Reyes: I called twice last week and was told "tomorrow" each time.
Sam: The system shows a stock delay.
Maya Reyes: This is ridiculous. I have a back injury and I have been working from my couch for three weeks!!
Maya Reyes: Just cancel it and refund me today."""
DISTRESS = {0: 0.16, 2: 0.34, 4: 0.42, 6: 0.86, 7: 0.92}
LABELS = {
    0: Label.NEUTRAL,
    2: Label.CONFUSION,
    4: Label.FRUSTRATION,
    6: Label.ANGER,
    7: Label.ANGER,
}
TEXTS = (
    "Three weeks on a couch with a back injury, and “tomorrow” twice over: you have every reason to be angry. I’m "
    "taking this from here. I’m asking for the cancellation of A-48213 now "
    "and will write to you here by [confirm: when].",
    "You shouldn’t have had to ask a third time. There are two things I can do right now: cancel A-48213, or find out "
    "from the warehouse whether it ships this week. Which would you like?",
    "Before I cancel, so that I do the right thing for you: should the $649 go back to the card you paid with?",
)
STRATEGIES = ("Validate, then own", "Two ways forward", "One question first")
GIVEN, FREE, MISSING = PillarState.GIVEN, PillarState.NOT_NEEDED, PillarState.MISSING
PILLARS = ((GIVEN, GIVEN, GIVEN, FREE), (GIVEN, FREE, GIVEN, FREE), (GIVEN, MISSING, GIVEN, FREE))


def conversation_of(text: str, identity: str | None = None) -> Conversation:
    """One turn a line, `name: text`; the first speaker is the customer."""
    turns: list[Turn] = []
    customer = ""
    start = datetime(2026, 1, 5, 10, 30, tzinfo=UTC)
    for line in text.splitlines():
        name, mark, words = line.partition(": ")
        if not mark or not words:
            continue
        customer = customer or name
        speaker = Speaker.CUSTOMER if name == customer else Speaker.AGENT
        turns.append(Turn(len(turns), speaker, words, name, start + timedelta(minutes=len(turns))))
    return Conversation(identity or hashlib.sha256(text.encode()).hexdigest()[:16], "plain", tuple(turns), customer)


def reading_of(turn: CustomerTurn) -> EmotionReading:
    distress, label = DISTRESS.get(turn.i, 0.2), LABELS.get(turn.i, Label.NEUTRAL)
    words = ("ridiculous", "three weeks!!") if "ridiculous" in turn.text else ()
    return EmotionReading(turn.i, label, distress, 0.2 - distress, 0.1, {label: 1.0}, words)


def mood_of(conversation: Conversation) -> Mood:
    readings = tuple(reading_of(turn) for turn in conversation.customer_turns)
    spikes = tuple(
        Spike(
            turn=r.turn,
            kind=r.label,
            severity=Severity.HIGH,
            distress=r.distress,
            rise=0.4,
            trigger_turn=r.turn - 1,
            evidence=r.words,
            nudge="Own it before explaining. Name the three weeks and the back injury; then one step you can take now.",
        )
        for r in readings
        if r.words
    )
    return Mood(readings, spikes, shift=-0.4, risk=0.66 if spikes else 0.2, ms=9.0)


def summary_of() -> Summary:
    return Summary(
        issue=Line("Desk ordered three weeks ago still “processing”; charged the same day.", (0, 2)),
        tried=(Line("Called twice last week; told “tomorrow” each time.", (4,)),),
        feeling=Line("Angry: working from the couch with a back injury.", (6,)),
        wants=Line("Cancellation and a refund today.", (7,)),
        open=(Line("Warehouse has not confirmed stock.", (5,)),),
        facts=(
            Fact("order_id", "A-48213", 0),
            Fact("amount", "$649", 2),
            Fact("duration", "three weeks", 0),
        ),
    )


def replies_of() -> tuple[Reply, ...]:
    return tuple(
        Reply(strategy, text, dict(zip(Pillar, states, strict=True)), 0.8, Grounding(ok=True))
        for strategy, text, states in zip(STRATEGIES, TEXTS, PILLARS, strict=True)
    )


def assist_of(notes: tuple[str, ...] = ()) -> Assist:
    return Assist(
        summary=summary_of(),
        next_actions=(
            NextAction(
                "Confirm the cancellation with the warehouse", "She asked for it and nobody has answered.", (7,)
            ),
            NextAction("Say when she will hear from you", "She was told “tomorrow” twice.", (4,)),
        ),
        replies=replies_of(),
        context=ContextUse(740, 4096),
        model="qwen2.5-coder-1.5b",
        notes=notes,
        first_token_ms=240.0,
        ms=5900.0,
    )


class FakeDesk(FakeLearning, FakeCoach):
    """The facade. `gate` holds the language model back until it is set, `last_gate` its end; `paced` slows it."""

    @property
    def passphrase(self) -> str | None:
        """What opens the history; None: it opens by itself."""
        return self.custody.passphrase

    @passphrase.setter
    def passphrase(self, words: str | None) -> None:
        self.custody.passphrase = words

    def __init__(self, places: Places, models: Sequence[str] = ("qwen2.5-coder-1.5b",)) -> None:
        FakeLearning.__init__(self)
        FakeCoach.__init__(self)
        self.places = places
        self.settings = Settings(places.settings)
        self.mood_of: Callable[[Conversation], Mood] = mood_of
        self.history = FakeHistory()
        self.custody = FakeCustody(places, self.history)
        self.arrivals = FakeArrivals()
        self.sandbox: SandboxState | None = None
        self.tables = Tables(places.home / "columns.json")
        self.shelf = FakeShelf(places, models)
        self.gate = threading.Event()
        self.gate.set()
        self.last_gate = threading.Event()
        self.last_gate.set()
        self.read_gate = threading.Event()
        self.read_gate.set()
        self.reading = threading.Event()
        self.paced = 0.0
        self.words_per_event = 6
        self.failures: dict[str, AgentAssistError | Exception] = {}
        self.assist_notes: tuple[str, ...] = ()
        self.refused: frozenset[int] = frozenset()
        self.asked: list[str] = []
        self.forgotten = 0
        self.taken_in: list[int] = []
        self.take_in_gate = threading.Event()
        self.take_in_gate.set()
        self.take_in_cancelled = threading.Event()
        self.composed: list[str] = []
        self.choices: list[tuple[Analysis, int, Outcome]] = []
        self.assist_of: Callable[[Conversation], Assist] | None = None
        self.settle_of: Callable[[Summary | None, Summary], Summary] = lambda _old, new: new
        self.worth = True  # whether what comes is more than courtesies
        self.weighed: list[tuple[int, int]] = []  # turns before and now
        self.more: tuple[Conversation, ...] = ()  # that the text holds besides
        self.cancelled = threading.Event()
        self.closed = False
        self.threads: dict[str, str] = {}

    def sample(self) -> str:
        return SAMPLE

    def capture(self, data: str | bytes, *, format: str = "auto", customer: str | None = None) -> list[Conversation]:
        self._fail("capture")
        text = data.decode() if isinstance(data, bytes) else data
        found = conversation_of(text)
        if not found.turns:
            raise KnownError("There are no messages in that text. Copy the conversation itself and paste it again.")
        return [found, *self.more]

    def swap_roles(self, conversation: Conversation) -> Conversation:
        other = {Speaker.CUSTOMER: Speaker.AGENT, Speaker.AGENT: Speaker.CUSTOMER}
        turns = tuple(replace(t, speaker=other.get(t.speaker, t.speaker)) for t in conversation.turns)
        name = next((t.name for t in turns if t.speaker is Speaker.CUSTOMER), None)
        return replace(conversation, turns=turns, customer=name)

    def read(self, conversation: Conversation) -> Mood:
        mood = self.as_said(conversation, self.mood_of(conversation))
        self.reading.set()
        self.read_gate.wait(10)
        self._fail("read")
        return mood

    def warm(self, on_event: Callable[[AssistEvent], None], token: CancelToken) -> str:
        self._fail("warm")
        if not self.shelf.names:
            raise KnownError("No language model is installed.")
        return self.shelf.names[0]

    def take_in(self, conversation: Conversation, mood: Mood, token: CancelToken) -> ContextUse:
        self.threads["take_in"] = threading.current_thread().name
        token.on_cancel(self.take_in_cancelled.set)
        self._hold(token, self.take_in_gate)
        self._fail("take_in")
        self.taken_in.append(len(conversation.turns))
        return ContextUse(80 * len(conversation.turns), 4096)

    def settle(self, old: Summary | None, new: Summary) -> Summary:
        return self.settle_of(old, new)

    def worth_refreshing(self, before: Conversation, now: Conversation) -> bool:
        self.weighed.append((len(before.turns), len(now.turns)))
        return self.worth

    def compose(self, conversation: Conversation, mood: Mood) -> tuple[Reply, ...]:
        self._fail("compose")
        self.composed.append(conversation.id)
        return replies_of()[1:]

    def forget_model(self) -> None:
        self.threads["forget_model"] = threading.current_thread().name
        self.forgotten += 1

    def assist(
        self, conversation: Conversation, mood: Mood, on_event: Callable[[AssistEvent], None], token: CancelToken
    ) -> Assist:
        self.asked.append(conversation.id)
        on_event(Progress(Stage.READING, 0.5))
        self._hold(token, self.gate)
        self._fail("assist")
        on_event(SummaryDraft(Summary(issue=summary_of().issue)))
        on_event(Progress(Stage.WRITING))
        self._stream(on_event, token)
        on_event(SummaryDraft(summary_of()))
        whole = self.assist_of(conversation) if self.assist_of is not None else assist_of(self.assist_notes)
        for slot, reply in enumerate(whole.replies):
            on_event(ReplyReady(slot, None if slot in self.refused else reply))
        self._hold(token, self.last_gate)
        return replace(whole, replies=tuple(r for n, r in enumerate(whole.replies) if n not in self.refused))

    def chose(self, analysis: Analysis, slot: int, outcome: Outcome, text: str | None = None) -> None:
        self.threads["chose"] = threading.current_thread().name
        self.choices.append((analysis, slot, outcome))
        if analysis.conversation.id in self.history.saved:
            self.history.record_outcome(analysis.conversation.id, slot, outcome, text)

    def open_history(self, passphrase: str | None = None) -> None:
        self._fail("open_history")
        self.custody.open(passphrase)
        self.corrections.update(self.stored)

    def close(self) -> None:
        self.arrivals.close()
        self.closed = True

    def _stream(self, on_event: Callable[[AssistEvent], None], token: CancelToken) -> None:
        longest = max(len(text.split()) for text in TEXTS)
        for n in range(1, longest + 1, self.words_per_event):
            for slot, (strategy, text) in enumerate(zip(STRATEGIES, TEXTS, strict=True)):
                on_event(ReplyDraft(slot, strategy, " ".join(text.split()[:n])))
                if self.paced:
                    self._pause(token)
            self._check(token)

    def _pause(self, token: CancelToken) -> None:
        stop = threading.Event()
        token.on_cancel(stop.set)
        stop.wait(self.paced)
        self._check(token)

    def _hold(self, token: CancelToken, gate: threading.Event) -> None:
        while not gate.wait(0.005):
            self._check(token)
        self._check(token)

    def _check(self, token: CancelToken) -> None:
        if token.cancelled:
            self.cancelled.set()
        token.check()

    def _fail(self, what: str) -> None:
        self.threads[what] = threading.current_thread().name
        failure = self.failures.get(what)
        if failure is not None:
            raise failure
