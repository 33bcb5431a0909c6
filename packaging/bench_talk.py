"""Made-up conversations for `bench_history.py`: the same ones on every machine, from templates and nothing else."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from agent_assist.records import (
    Analysis,
    Assist,
    ContextUse,
    Conversation,
    EmotionReading,
    Grounding,
    Label,
    Line,
    Mood,
    NextAction,
    Pillar,
    PillarState,
    Reply,
    Severity,
    Speaker,
    Spike,
    Summary,
    Turn,
)

TURNS = 10
"""Of each conversation, on average."""


def _listed(words: str) -> list[str]:
    return words.split()


FIRST_DAY = datetime(2024, 1, 1, 8, tzinfo=UTC)
_CUSTOMERS = 5  # conversations of one, on average
_FIRST = _listed(
    "Anna Bert Carla Dirk Elif Femi Grace Hugo Ines Jonas Kofi Lena Marta Nils Olga Pavel Quinn Rosa Sami Tess"
)
_STARTS = _listed("Ab Bel Cor Dal Es Far Gor Hal Im Jan Kor Lin Mar Nov Or Pel Quen Ros Sal Tor Ul Ver Wil Yar Zan")
_ENDS = _listed("der ger kins lund mann nova ovic quist rano sen son stein ton vic well wood yama zaki")
_SYLLABLES = _listed("ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo za bri cla dro fle gri plo sta tru")
_CUSTOMER_SAYS = (
    "My {product} from order {order} still has not arrived and nobody at {place} can tell me why.",
    "I was charged {amount} twice on {day}, please send one of them back to my account.",
    "This is the third time that I explain it: the {product} stops after {number} minutes.",
    "I am really angry now, your colleague promised a refund of {amount} by {day}.",
    "Thanks, that is kind of you, but the {rare} light on the {product} is still red.",
    "Can you please check {order} again? The page says {rare} and the e-mail says delivered.",
    "We are moving to {place} on {day} and I need the contract for the {product} changed before that.",
    "No, I already tried that. It says error {number} and then it starts from the beginning.",
)
_AGENT_SAYS = (
    "I am sorry that {order} is late, I am looking into it with the depot in {place} now.",
    "Thank you for waiting. I see the {amount} twice and have asked for one of them to be returned by {day}.",
    "Could you tell me which light on the {product} is on, and whether it shows {rare} or {number}?",
    "I understand that this is the third time; I will stay on it until the {product} works.",
    "I have changed the address to {place} and noted {order}, you will get an e-mail today.",
)
_PRODUCTS = _listed("router kettle mattress phone laptop printer camera heater lamp bicycle tablet speaker")
_PLACES = _listed("Lisbon Leeds Lyon Lublin Bergen Bremen Basel Bilbao Ghent Graz Turku Tampa")
_DAYS = _listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_FEELINGS = (Label.NEUTRAL, Label.CONFUSION, Label.FRUSTRATION, Label.ANGER, Label.STRESS, Label.SATISFACTION)
_WAYS = ("paste", "browser", "push", "folder")


def dice(seed: int | str) -> random.Random:
    """Chance that comes out the same each time."""
    return random.Random(seed)  # noqa: S311  # nothing here is secret


def customer(number: int) -> str:
    """A customer's name, another one for each number from 0."""
    chance = dice(number)
    return f"{chance.choice(_FIRST)} {chance.choice(_STARTS)}{chance.choice(_ENDS)} {_rare(number)}"


def customer_of(i: int, conversations: int) -> int:
    """Whose the conversation is: a few customers come again and again, most once or twice."""
    share = dice(f"customer {i}").random()
    return int(share**1.5 * max(1, conversations // _CUSTOMERS))


def when(i: int, conversations: int) -> datetime:
    """When the conversation was saved: all of them within two years."""
    return FIRST_DAY + timedelta(days=730) * i / max(1, conversations)


def analysis(i: int, conversations: int) -> Analysis:
    """The conversation of a number, with everything that was read from it; every second one with replies."""
    chance = dice(i)
    said = talk(chance, f"bench-{i}", chance.randint(TURNS - 6, TURNS + 6), customer(customer_of(i, conversations)))
    assist = _assist(chance, said) if i % 2 else None
    return Analysis(said, mood(chance, said), assist)


def talk(chance: random.Random, name: str, turns: int, who: str) -> Conversation:
    """A conversation of that many turns; the customer begins."""
    way = chance.choice(_WAYS)
    start = FIRST_DAY + timedelta(minutes=chance.randrange(900_000))
    return Conversation(name, "plain", tuple(_turn(chance, i, who, way, start) for i in range(turns)), who)


def mood(chance: random.Random, said: Conversation) -> Mood:
    """What was read from a conversation."""
    readings = tuple(_reading(chance, turn.i) for turn in said.customer_turns)
    worst = max(readings, key=lambda reading: reading.distress)
    words = ("angry", "third time")
    spike = Spike(worst.turn, worst.label, Severity.HIGH, worst.distress, 0.4, None, words, "Say what happens next.")
    return Mood(readings, (spike,) if worst.distress > 0.9 else (), -0.2, worst.distress, 8.0)


def rare_word(chance: random.Random) -> str:
    """A word that is in a few conversations, in one or in none."""
    return _rare(chance.randrange(40_000))


def _turn(chance: random.Random, i: int, who: str, way: str, start: datetime) -> Turn:
    speaker, name = (Speaker.AGENT, "Kim") if i % 2 else (Speaker.CUSTOMER, who)
    text = chance.choice(_AGENT_SAYS if i % 2 else _CUSTOMER_SAYS).format(
        product=chance.choice(_PRODUCTS),
        order=f"A-{chance.randrange(10**6):06d}",
        amount=f"€{chance.randrange(500)}.{chance.randrange(100):02d}",
        place=chance.choice(_PLACES),
        day=chance.choice(_DAYS),
        number=chance.randrange(1000),
        rare=_rare(int(chance.paretovariate(0.4)) % 40_000),
    )
    return Turn(i, speaker, text, name, start + timedelta(minutes=i), way)


def _reading(chance: random.Random, turn: int) -> EmotionReading:
    label = chance.choice(_FEELINGS)
    shares = [chance.random() for _ in Label]
    scores = {one: share / sum(shares) for one, share in zip(Label, shares, strict=True)}
    fine = {f"fine{n}": share for n, share in enumerate(accumulate(shares[:6]))}
    return EmotionReading(
        turn, label, chance.random(), chance.uniform(-1, 1), chance.random(), scores, ("angry",), fine
    )


def _assist(chance: random.Random, said: Conversation) -> Assist:
    issue, wants = said.turns[0], said.turns[-1]
    summary = Summary(Line(issue.text, (0,)), (Line("The order was looked up.", (1,)),), None, Line(wants.text, (2,)))
    pillars = {Pillar.LISTEN: PillarState.GIVEN, Pillar.OWN: PillarState.GIVEN, Pillar.RESOLVE: PillarState.MISSING}
    replies = tuple(
        Reply(name, f"{chance.choice(_AGENT_SAYS)} {chance.choice(_AGENT_SAYS)}", pillars, 0.7, Grounding(True))
        for name in ("Own it", "Next step", "Short and warm")
    )
    actions = (NextAction("Ask the depot", "It is late", (0,)),)
    return Assist(summary, actions, replies, ContextUse(400, 4096), "bench", (), 240.0, 5900.0, actions[0])


def _rare(number: int) -> str:
    word = ""
    for _ in range(4):
        number, rest = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[rest]
    return word
