"""An analysis as text for a terminal. Turns are numbered from 1, as in the window."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Sequence

from agent_assist.records import Analysis, Assist, Conversation, EmotionReading, Line, Mood, Speaker, Spike

_BAR = 10
_MAX_WIDTH = 100
_MIN_WIDTH = 24
_RISK_SHOWN = 0.5
_BESIDE = "  | "
# Joiners shape emoji and several scripts, and steer nothing.
_JOINERS = "\u200c\u200d"


def report(analysis: Analysis) -> str:
    """The whole analysis, without colour: it must read as well in a file."""
    width = max(_MIN_WIDTH, min(_MAX_WIDTH, shutil.get_terminal_size((80, 24)).columns))
    lines = [*_turns(analysis.conversation, analysis.mood, width), *_mood(analysis, width)]
    if analysis.assist is not None:
        lines += _assist(analysis.assist, width)
    return "\n".join(lines)


def _turns(conversation: Conversation, mood: Mood, width: int) -> Iterable[str]:
    readings = {r.turn: r for r in mood.readings}
    for note in conversation.notes:
        yield from _wrap(f"({note})", width, "")
    yield from _asides(conversation, -1, width)
    for turn in conversation.turns:
        felt = _felt(readings.get(turn.i), turn.i in mood.unread)
        who = turn.name or turn.speaker.value
        role = "" if turn.speaker is Speaker.CUSTOMER or not turn.name else f" ({turn.speaker.value})"
        yield f"{turn.i + 1:>3} {printable(who)}{role}{felt}"
        for part in turn.text.splitlines():
            yield from _wrap(part, width, "    ")
        yield from _asides(conversation, turn.i, width)


def _asides(conversation: Conversation, after: int, width: int) -> Iterable[str]:
    """What colleagues noted behind a turn, set apart by a bar: the customer has not read it."""
    for aside in conversation.asides:
        if aside.after == after:
            yield from _wrap(f"internal note, {aside.name}" if aside.name else "internal note", width, _BESIDE)
            for part in aside.text.splitlines():
                yield from _wrap(part, width, _BESIDE)


def _felt(reading: EmotionReading | None, unread: bool) -> str:
    if reading is None:
        return "  [not read]" if unread else ""
    label = reading.label.value if reading.sure else "not clear"
    by_whom = ", corrected" if reading.corrected else ""
    return f"  [{label} {bar(reading.distress)}{by_whom}]"


def _mood(analysis: Analysis, width: int) -> Iterable[str]:
    conversation, mood = analysis.conversation, analysis.mood
    for spike in mood.spikes:
        yield from _spike(conversation, spike, width)
    for recovery in mood.recoveries:
        yield ""
        yield from _wrap(f"+ calmer at turn {recovery.turn + 1} than at turn {recovery.since + 1}", width, "")
    for found in mood.vulnerable:
        yield ""
        yield from _wrap(f"Take care, turn {found.turn + 1}: {found.kind.replace('_', '-')}", width, "")
        yield from _wrap(found.guidance, width, "  ")
    if mood.unread:
        yield ""
        yield from _wrap(_unread_words(mood.unread), width, "")
    if mood.risk is not None and mood.risk >= _RISK_SHOWN:
        yield f"\nMay escalate: {mood.risk:.0%}"


def _spike(conversation: Conversation, spike: Spike, width: int) -> Iterable[str]:
    yield ""
    head = f"! {spike.kind.value} rose at turn {spike.turn + 1} ({spike.severity.value})"
    if spike.trigger_turn is not None:
        head += f", after turn {spike.trigger_turn + 1}"
    yield head
    if spike.cause:
        yield from _wrap(f"why: {_cause_title(spike.cause)}", width, "  ")
    if spike.evidence:
        yield from _wrap("words: " + ", ".join(f"“{w}”" for w in spike.evidence), width, "  ")
    yield from _wrap(spike.nudge, width, "  ")


def _cause_title(cause: str) -> str:
    # Imported here: most reports of saved conversations need nothing of that room, which takes long to import.
    from agent_assist.emotion import shipped_nudges

    return shipped_nudges().title(cause)


def _unread_words(turns: Sequence[int]) -> str:
    if len(turns) == 1:
        return f"Turn {turns[0] + 1} is not in English, so its feeling was not read."
    named = ", ".join(str(turn + 1) for turn in turns[:-1])
    return f"Turns {named} and {turns[-1] + 1} are not in English, so their feelings were not read."


def _assist(assist: Assist, width: int) -> Iterable[str]:
    summary = assist.summary
    yield "\nIn short"
    tried = [("Tried", line) for line in summary.tried]
    waiting = [("Open", line) for line in summary.open]
    named = [("Problem", summary.issue), *tried, ("Feeling", summary.feeling), ("Wants", summary.wants), *waiting]
    for name, line in named:
        if line is not None:
            yield from _wrap(f"{name:<8}{line.text}{_cites(line)}", width, "  ", hang=8)
    if summary.facts:
        yield from _wrap(f"{'Facts':<8}" + " · ".join(f.value for f in summary.facts), width, "  ", hang=8)
    if assist.next_actions:
        yield "\nNext"
        for action in assist.next_actions:
            yield from _wrap(f"- {action.text} ({action.why}{_turn_list(action.turns)})", width, "  ", hang=2)
    if assist.tactic is not None:
        tactic = assist.tactic
        yield ""
        yield from _wrap(f"Tactic: {tactic.text} ({tactic.why}{_turn_list(tactic.turns)})", width, "", hang=2)
    for n, reply in enumerate(assist.replies, 1):
        yield f"\nReply {n}: {printable(reply.strategy)}"
        yield from _wrap(reply.text, width, "  ")
    for note in assist.notes:
        yield ""
        yield from _wrap(f"({note})", width, "")
    first, whole = assist.first_token_ms / 1000, assist.ms / 1000
    yield f"\n{assist.model}, first words after {first:.1f} s, all after {whole:.1f} s"


def bar(distress: float) -> str:
    """Distress as ten characters, "#####-----"."""
    filled = round(distress * _BAR)
    return "#" * filled + "-" * (_BAR - filled)


def printable(text: str) -> str:
    """Text from outside without control characters: nothing in it may steer a terminal."""
    return "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)


def _cites(line: Line) -> str:
    return _turn_list(line.turns)


def _turn_list(turns: Sequence[int]) -> str:
    return "" if not turns else " [" + ", ".join(str(t + 1) for t in turns) + "]"


def _wrap(text: str, width: int, indent: str, hang: int = 0) -> list[str]:
    return textwrap.wrap(
        printable(text), width, initial_indent=indent, subsequent_indent=indent + " " * hang, break_on_hyphens=False
    )
