"""What the tests of the history save."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from agent_assist.records import (
    Analysis,
    Aside,
    Assist,
    Choice,
    ContextUse,
    Conversation,
    Correction,
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
    Recovery,
    Reply,
    Severity,
    Source,
    Speaker,
    Spike,
    Summary,
    Turn,
    Vulnerability,
)

RECORD = CustomerRecord((("plan", "Gold"), ("renewal", "3 March")))
PASSPHRASE = "correct horse battery"


class Clock:
    """A clock that the test sets; each look moves it on by a second."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def make_reply(text: str) -> Reply:
    return Reply(
        strategy="Own it",
        text=text,
        pillars={Pillar.LISTEN: PillarState.GIVEN, Pillar.OWN: PillarState.MISSING},
        empathy=0.81,
        grounding=Grounding(False, ("€20",)),
        source=Source.GENERATED,
    )


def make_analysis(identity: str = "c1", replies: tuple[str, ...] = ("Sorry, Anna.", "I will look.")) -> Analysis:
    """An eight-turn conversation with something in every field."""
    zone = timezone(timedelta(hours=5, minutes=30))
    turns = tuple(
        Turn(
            i,
            Speaker.CUSTOMER if i % 2 == 0 else Speaker.AGENT,
            f"Zebrafish delivery 50%_off\nnumber {i} of {identity}",
            "Anna" if i % 2 == 0 else None,
            (None, datetime(2026, 1, 5, 10, i, 7, 123456), datetime(2026, 1, 5, 10, i, tzinfo=zone))[i % 3],
            (None, "browser", "push")[i % 3],
        )
        for i in range(8)
    )
    readings = tuple(
        EmotionReading(
            turn=i,
            label=Label.ANGER if i == 4 else Label.CONFUSION,
            distress=0.1 + i / 7,
            valence=-0.62,
            urgency=0.0,
            scores=dict.fromkeys(Label, 1 / 7),
            words=("Zebrafish",),
            fine={"anger": 0.123456789},
            corrected=i == 2,
        )
        for i in (0, 2, 4)
    )
    spike = Spike(
        4, Label.ANGER, Severity.HIGH, 0.67, 0.41, None, ("Zebrafish", "late"), "Say what happens next.", "silence"
    )
    summary = Summary(
        issue=Line("The quokka parcel never came.", (0, 2)),
        tried=(Line("Tracking was looked at.", (1,)),),
        wants=Line("A refund", (6,)),
        facts=(Fact("order_id", "A-48213", 0),),
    )
    assist = Assist(
        summary=summary,
        next_actions=(NextAction("Ask the carrier", "It is late", (4,)),),
        replies=tuple(make_reply(text) for text in replies),
        context=ContextUse(310, 4096, (7,), 2),
        model="a-model",
        notes=("One turn did not fit.",),
        first_token_ms=240.5,
        ms=5900.0,
        tactic=NextAction("Say back what went wrong", "They told it twice", (4,)),
    )
    conversation = Conversation(
        identity,
        "plain",
        turns,
        "Anna Müller-Straße",
        notes=("The second line was left out.",),
        record=RECORD,
        asides=(
            Aside("Anna is a friend of the numbat keeper", -1),
            Aside("Voucher agreed with Kim,\nsee above", 4, "Kim", datetime(2026, 1, 5, 10, 4, tzinfo=zone)),
        ),
    )
    recovery, hard_life = Recovery(4, 2, 0.2), Vulnerability(2, "illness", ("in hospital",), "Take your time.")
    mood = Mood(readings, (spike,), -0.33, 0.66, 9.1, (6,), (recovery,), (hard_life,))
    return Analysis(conversation, mood, assist)


def make_correction(conversation: str = "c1", turn: int = 2, label: Label = Label.FRUSTRATION) -> Correction:
    """What an agent said of a turn that was read as confusion, with shares that no decimal holds."""
    scores = dict.fromkeys(Label, 0.1) | {Label.CONFUSION: 0.1 + 0.2, label: 1 / 3}
    return Correction(conversation, turn, label, scores, 0.1 + 0.2)


def make_choice(conversation: str = "c1", slot: int = 0, outcome: Outcome = Outcome.COPIED, turns: int = 8) -> Choice:
    """What an agent did with the reply in a slot."""
    return Choice(conversation, turns, slot, ("strategy:own", "register:warm"), outcome)
