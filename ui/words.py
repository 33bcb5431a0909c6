"""Feelings, causes and times in the words that the window shows. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent_assist.records import (
    ContextUse,
    Conversation,
    EmotionReading,
    Explanation,
    Label,
    Mood,
    Pillar,
    Speaker,
    Spike,
    Stage,
    Turn,
)
from ui.excerpts import clip
from ui.theme import Role

FEELING: dict[Label, str] = {
    Label.ANGER: "Angry",
    Label.FRUSTRATION: "Frustrated",
    Label.CONFUSION: "Confused",
    Label.STRESS: "Stressed",
    Label.SADNESS: "Sad",
    Label.SATISFACTION: "Satisfied",
    Label.NEUTRAL: "Calm",
}
PILLAR: dict[Pillar, str] = {
    Pillar.LISTEN: "Listen",
    Pillar.OWN: "Own",
    Pillar.RESOLVE: "Resolve",
    Pillar.FOLLOW_UP: "Follow up",
}
PILLAR_NAMES: dict[str, str] = {str(pillar): words for pillar, words in PILLAR.items()}
KINDS: dict[str, str] = {
    "source:composed": "From the phrase bank alone",
    "source:generated": "With a sentence of the language model",
    "length:short": "Short replies",
    "length:middle": "Replies of middle length",
    "length:long": "Long replies",
    "asks": "With a question",
    "blanks": "With blanks to fill",
    "strategy": "“{}”",
    "register": "In a {} tone",
    "pillar": "With “{}” in it",
}
"""Kinds of replies in words, by the ranking's name for them, or by its first part."""
SPEAKER: dict[Speaker, str] = {
    Speaker.CUSTOMER: "Customer",
    Speaker.AGENT: "Agent",
    Speaker.BOT: "Bot",
    Speaker.SYSTEM: "System",
}
UNCLEAR = "Unclear"
UNREAD = "not read: other language"
DISTRESSED = 0.5  # where the dashed line stands
UNEASY = 0.28
LEVELS: tuple[tuple[float, str], ...] = ((0.75, "very high"), (DISTRESSED, "high"), (UNEASY, "some"), (0.0, "low"))
"""Words for distress from so much on."""
VULNERABLE: dict[str, tuple[str, str]] = {
    "bereavement": ("bereavement", "They say that someone close to them has died."),
    "illness": ("serious illness", "They speak of a serious illness."),
    "self_harm": ("risk to themselves", "What they write may be about harming themselves."),
    "hardship": ("hardship", "They say that money is very short."),
    "abuse": ("someone harming them", "They speak of being hurt or threatened by someone."),
}
"""Each kind of vulnerability in a word or two, and as a sentence that claims no more than was said."""
CARE = "Please take special care"
HARD_TIME = ("a hard time", "They speak of a hard time in their life.")
TURNED, RELIEVED, CORRECTED = "turned here", "relieved here", "corrected"
WHY, NO_WORDS, LOOKING = "Why", "No single words stand out; it is the turn as a whole.", "Looking at the words…"
NOTHING_BEFORE = "Nobody from the desk had written before this."
WHY_READ, CORRECT, AS_READ = "Why it reads so", "Correct the feeling", "As it was read"
RESET, RESET_ASKED = "Reset", "Forget them all?"
RANKING_ASKED = "Forget it all?"
RANKING_HELP = (
    "Replies of these kinds are put forward more or less often. No text is kept for it, and it stays on this computer."
)
ADAPTED_HELP = (
    "Feelings are read a little differently since you corrected some. "
    "Corrections hold no text and stay on this computer."
)
RISK_SHOWN = 0.5
STAGES = {Stage.LOADING: "loading the model", Stage.READING: "reading", Stage.WRITING: "writing"}


def colour_role(label: Label, distress: float) -> Role:
    """The colour that stands beside a feeling's word."""
    if distress >= DISTRESSED:
        return "hot"
    if label is Label.SATISFACTION:
        return "better"
    if distress >= UNEASY or label is not Label.NEUTRAL:
        return "uneasy"
    return "calm"


def role_of(reading: EmotionReading) -> Role:
    """The colour role of a reading; one that is not sure has no colour."""
    return colour_role(reading.label, reading.distress) if reading.sure else "grey"


def feeling(reading: EmotionReading) -> str:
    """The word for a reading; a guess is not shown as one."""
    return FEELING[reading.label] if reading.sure else UNCLEAR


def level(distress: float) -> str:
    """Distress in words, "low" to "very high"."""
    return next((words for least, words in LEVELS if distress >= least), LEVELS[-1][1])


def runners_up(reading: EmotionReading) -> str:
    """The labels after the leading one, "or frustrated, sad"; empty where the label is the agent's word or a guess."""
    found = [FEELING[label].lower() for label in reading.runners_up if _counts(reading, label)]
    return f"or {', '.join(found)}" if found and reading.sure and not reading.corrected else ""


def candidates(reading: EmotionReading) -> str:
    """What else it may be with shares: two runners-up, the best two of a guess, nothing beside the agent's word."""
    if reading.corrected:
        return ""
    shown = [label for label in reading.runners_up if _counts(reading, label)]
    if not reading.sure:
        return "perhaps " + " or ".join(_share(reading, label) for label in (reading.label, *shown[:1]))
    return "then " + ", ".join(_share(reading, label) for label in shown) if shown else ""


def _amount(reading: EmotionReading) -> str:
    return f"{level(reading.distress)} distress, {reading.distress:.0%}"


def _counts(reading: EmotionReading, label: Label) -> bool:
    return round(100 * reading.scores[label]) >= 1


def _share(reading: EmotionReading, label: Label) -> str:
    return f"{FEELING[label].lower()} {reading.scores[label]:.0%}"


@dataclass(frozen=True, slots=True)
class Point:
    """What there is to say of one customer turn; `reading` is None for one in a language that is not read."""

    turn: int
    reading: EmotionReading | None
    spike: bool = False
    recovery: bool = False

    @property
    def corrected(self) -> bool:
        """Whether its label is the agent's word."""
        return self.reading is not None and self.reading.corrected

    @property
    def role(self) -> Role:
        """Its colour: of the turning, else of the feeling."""
        if self.reading is None:
            return "grey"
        return "hot" if self.spike else "better" if self.recovery else role_of(self.reading)

    @property
    def label(self) -> str:
        """Its feeling in words, with what happened there: "Angry · turned here"."""
        if self.reading is None:
            return UNREAD
        marks = [words for on, words in ((self.spike, TURNED), (self.recovery, RELIEVED)) if on]
        return " · ".join([feeling(self.reading), *marks])

    @property
    def head(self) -> str:
        """The first line of its readout."""
        return f"Turn {self.turn + 1} · {self.label}" + (f" · {CORRECTED}" if self.corrected else "")

    @property
    def detail(self) -> str:
        """The second line of its readout: level in words and per cent, and what else it may be."""
        if self.reading is None:
            return ""
        return " · ".join(part for part in (_amount(self.reading), candidates(self.reading)) if part)

    @property
    def spoken(self) -> str:
        """Both lines in one."""
        return ". ".join(part for part in (self.head, self.detail) if part)


def points(mood: Mood) -> tuple[Point, ...]:
    """Every customer turn of a mood, in order, with what is known of it."""
    spikes = {spike.turn for spike in mood.spikes}
    recoveries = {recovery.turn for recovery in mood.recoveries}
    found = [Point(r.turn, r, r.turn in spikes, r.turn in recoveries) for r in mood.readings]
    return tuple(sorted([*found, *(Point(turn, None) for turn in mood.unread)], key=lambda point: point.turn))


def unread_words(mood: Mood) -> str:
    """How many turns were not read; empty for none."""
    count = len(mood.unread)
    return f"{count} turn{'' if count == 1 else 's'} {UNREAD}" if count else ""


def now_words(mood: Mood) -> str:
    """How distressed they are by the last turn, where that was read, and how many turns were not."""
    now = f"Now {_amount(mood.readings[-1])}" if _last_is_read(mood) else ""
    return " · ".join(part for part in (now, unread_words(mood)) if part)


def relieved(mood: Mood) -> int | None:
    """The turn of the last recovery where it followed the last spike, else None: the trouble is not over."""
    last = max((recovery.turn for recovery in mood.recoveries), default=None)
    return last if last is not None and all(spike.turn < last for spike in mood.spikes) else None


def recovery_words(turn: int) -> str:
    """One gentle line."""
    return f"Relieved since turn {turn + 1}"


def cause_words(title: str) -> str:
    """What set it off, from the title of the cause; empty where nothing was recognised."""
    return f"What set it off: {title}" if title else ""


def vulnerable_words(kind: str) -> tuple[str, str]:
    """A kind of vulnerability in short, and as a sentence."""
    return VULNERABLE.get(kind, HARD_TIME)


def turned_words(conversation: Conversation, spike: Spike) -> str:
    """Where it turned, with the words of the turn before."""
    if spike.trigger_turn is None:
        return "Upset from the first message"
    return f"It turned at “{clip(conversation.turns[spike.trigger_turn].text, 70)}”"


def answers_words(conversation: Conversation, explanation: Explanation) -> str:
    """Which turn of the desk this one answers."""
    if explanation.cause_turn is None:
        return NOTHING_BEFORE
    return f"It answers “{clip(conversation.turns[explanation.cause_turn].text, 110)}”"


def corrected_words(turn: int, label: Label) -> str:
    """What the message says after a correction."""
    return f"Turn {turn + 1} is now {FEELING[label].lower()}"


def adapted_words(count: int) -> str:
    """How far the readings have adapted."""
    return f"Adapted to this desk: {count:,} correction{'' if count == 1 else 's'}"


def preference_words(name: str, weight: float) -> str:
    """What ranking learnt of one kind of reply, by the name that the ranking has for it."""
    kind, _, what = name.partition(":")
    known = KINDS.get(name) or KINDS.get(kind, "{}").format(PILLAR_NAMES.get(what, what) or kind)
    return f"{known[:1].upper()}{known[1:]}: {'more' if weight > 0 else 'less'} often"


def left_to_fill(blank: str) -> str:
    """What a text still lacks, from a blank such as "confirm: when"."""
    return f"Still to fill in: “{blank.removeprefix('confirm: ')}”."


def context_words(use: ContextUse) -> str:
    """How much of the model's context is used, and how a longer conversation was read."""
    words = f"Context: {use.used:,} of {use.limit:,} tokens"
    return f"{words} · read in {use.sections} sections" if use.sections > 1 else words


def context_help(use: ContextUse) -> str:
    """What stands behind it, for a tooltip."""
    help_ = "What the language model has read of this conversation, and what it can hold."
    if use.sections > 1:
        help_ += " It is longer than that: the summary was made section by section, so that every turn counts."
    if use.left_out:
        count = len(use.left_out)
        turns = "1 turn" if count == 1 else f"{count:,} turns"
        help_ += f" The replies were written without {turns}, oldest first."
    return help_


def turns_words(count: int) -> str:
    """How many turns came to the open conversation; below 0 where earlier ones changed too."""
    if count < 0:
        return "The conversation has changed"
    return "1 new turn" if count == 1 else f"{count:,} new turns"


def trend(readings: Sequence[EmotionReading]) -> str:
    """Where the last customer turn went against the two before: "rising", "easing" or "steady"; empty for one turn."""
    if len(readings) < 2:
        return ""
    before = [r.distress for r in readings[-3:-1]]
    change = readings[-1].distress - sum(before) / len(before)
    return "rising" if change > 0.06 else "easing" if change < -0.06 else "steady"


def mood_words(mood: Mood) -> str:
    """The pill's words, such as "Angry · rising"; empty without customer turns."""
    if not _last_is_read(mood):
        return "Not read" if mood.unread else ""
    going = trend(mood.readings)
    return " · ".join(part for part in (feeling(mood.readings[-1]), going) if part)


def mood_role(mood: Mood) -> Role:
    """The pill's colour."""
    if not _last_is_read(mood):
        return "grey" if mood.unread else "calm"
    return role_of(mood.readings[-1])


def _last_is_read(mood: Mood) -> bool:
    return bool(mood.readings) and max(mood.unread, default=-1) < mood.readings[-1].turn


def risk_words(mood: Mood) -> str:
    """The risk's words where it is high enough to matter, else empty."""
    return f"may escalate · {mood.risk:.0%}" if mood.risk is not None and mood.risk >= RISK_SHOWN else ""


def speaker_name(turn: Turn) -> str:
    """Whom a turn is by, as shown above it."""
    return turn.name or SPEAKER[turn.speaker]


def clock(at: datetime | None) -> str:
    """The time of a turn in the reader's zone, "10:32"; empty where it is unknown."""
    if at is None:
        return ""
    return (at.astimezone() if at.tzinfo else at).strftime("%H:%M")


def when(at: datetime, now: datetime | None = None) -> str:
    """How long ago something was saved, as a list shows it."""
    now = now or datetime.now(UTC)
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    local, today = at.astimezone(), now.astimezone()
    if local.date() == today.date():
        return local.strftime("today %H:%M")
    return local.strftime("%d %b %H:%M" if local.year == today.year else "%d %b %Y")


def size(count: int) -> str:
    """Bytes in words, "1.1 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"
