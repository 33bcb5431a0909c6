"""Ways in, what stands behind them and what came through them, in the words that the window shows. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence

from agent_assist.records import Aside, Contact, ContactKind, Tracked, Trouble, Way, WayState

WAY: dict[Way, str] = {
    Way.PASTE: "pasted",
    Way.FILE: "file",
    Way.BROWSER: "browser",
    Way.CLIPBOARD: "clipboard",
    Way.SELECTION: "selection",
    Way.FOLDER: "folder",
    Way.PUSH: "push",
    Way.CHATWOOT: "Chatwoot",
    Way.ZAMMAD: "Zammad",
}
MARK: dict[ContactKind, str] = {
    ContactKind.EMAIL: "same e-mail",
    ContactKind.PHONE: "same phone number",
    ContactKind.ID: "same customer number",
}
RARE = frozenset({Way.PUSH, Way.CHATWOOT, Way.ZAMMAD})
"""Ways that are named only while something speaks through them."""
_BY_VALUE = {str(way): words for way, words in WAY.items()}


def way_word(via: str | None) -> str:
    """The word for the way that a turn came in; "" where it is not known."""
    return _BY_VALUE.get(via, via) if via else ""


def listening_words(states: Sequence[WayState]) -> str:
    """The ways that take in now: "browser, folder"; "" for none."""
    on = [s for s in states if s.on and not s.problem and (s.sources or s.way not in RARE)]
    return ", ".join(dict.fromkeys(WAY[s.way] for s in on))


def ways_help(states: Sequence[WayState]) -> str:
    """What stands behind it, for a tooltip: each way with what speaks through it, or why it does not work."""
    lines = []
    for state in states:
        if state.on and (state.sources or state.way not in RARE):
            name = WAY[state.way]
            said = state.problem or (f"{state.sources} connected" if state.sources else "waiting")
            lines.append(f"{name[0].upper()}{name[1:]}: {said}")
    return "\n".join(lines)


def new_words(count: int) -> str:
    """How many turns came beside the open conversation; "" for none."""
    return f"{count:,} new" if count else ""


def whose(tracked: Tracked) -> str:
    """Whose conversation it is: the customer's name, else where it is."""
    return tracked.conversation.customer or tracked.title or "Customer"


def alike_words(other: Tracked, mark: Contact) -> str:
    """That two conversations may be with one customer."""
    return f"May be the same customer as {whose(other)} ({WAY[other.way]}): {MARK[mark.kind]}."


def trouble_words(trouble: Trouble) -> str:
    """A problem of a way in; of what other programs brought it is said that it came from there."""
    name = WAY[trouble.way]
    return f"{name[0].upper()}{name[1:]}: {trouble.text}" if trouble.way in RARE else trouble.text


def aside_words(aside: Aside) -> str:
    """An internal note in one line."""
    head = f"Internal note · {aside.name}" if aside.name else "Internal note"
    return f"{head}: {' '.join(aside.text.split())}"
