"""What comes in by itself: a source shows what it sees, and the one stream tells what of it is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent_assist.records.conversation import Conversation, Speaker


class Way(StrEnum):
    """How a turn came in; kept in `Turn.via`."""

    PASTE = "paste"
    FILE = "file"
    BROWSER = "browser"
    CLIPBOARD = "clipboard"
    SELECTION = "selection"
    FOLDER = "folder"
    PUSH = "push"
    CHATWOOT = "chatwoot"
    ZAMMAD = "zammad"


class ContactKind(StrEnum):
    """What a customer is recognised by."""

    EMAIL = "email"
    PHONE = "phone"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Contact:
    """One mark of a customer, as the source gave it.

    Attributes:
        kind: what it is.
        value: not normalised.
    """

    kind: ContactKind
    value: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as a source shows it now.

    Attributes:
        text: plain text, never empty.
        speaker: who wrote it; None where the source cannot tell.
        key: the source's own name of the message, the same after an edit; None where it has none.
        name, at: as in `Turn`.
    """

    text: str
    speaker: Speaker | None = None
    key: str | None = None
    name: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring messages of one conversation, in the order in which a source shows them now.

    Attributes:
        way: what kind of source it is.
        channel: which conversation, in the source's own words; always the same for it, unique within its way.
        seen: the messages.
        whole: whether nothing stands before the first of them in the source.
        title: where it is, for a person ("desk.example").
        customer: their name, where the source shows it.
        contacts: what else the source tells of the customer.
        can_insert: whether a reply can be put into the source's reply box.
    """

    way: Way
    channel: str
    seen: tuple[Seen, ...]
    whole: bool = False
    title: str = ""
    customer: str | None = None
    contacts: tuple[Contact, ...] = ()
    can_insert: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a window or a text brought.

    Attributes:
        conversation: as it stands now.
        way, channel, title: where it came from.
        added: indices of its turns that are new, ascending.
        changed: indices of its turns whose words changed, ascending.
        began: whether the conversation is new.
        moved: whether turns that stood there before now stand at other indices.
    """

    conversation: Conversation
    way: Way
    channel: str
    title: str = ""
    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    began: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Tracked:
    """A conversation of the stream, as a list shows it.

    Attributes:
        conversation: as it stands now.
        way, channel, title: of the source that spoke last.
        last_at: when something of it last came in; aware, UTC.
        open: whether its source still watches it and can put a reply into its reply box.
    """

    conversation: Conversation
    way: Way
    channel: str
    title: str
    last_at: datetime
    open: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """Another conversation that may be with the same customer; only the agent says that it is.

    Attributes:
        conversation_id: the other one.
        why: the mark that both have.
    """

    conversation_id: str
    why: Contact


@dataclass(frozen=True, slots=True)
class Inserted:
    """What became of a reply that was to be put into a page's reply box.

    Attributes:
        conversation_id: whose.
        why_not: one sentence; "" where it stands there now.
    """

    conversation_id: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class WayState:
    """How one way in stands.

    Attributes:
        way: which.
        on: whether it takes in.
        sources: how many sources speak through it now.
        problem: one sentence where it should take in and cannot; "" else.
    """

    way: Way
    on: bool
    sources: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WaysChanged:
    """Ways were turned on or off, paused, or sources came and went.

    Attributes:
        states: of every way that can be turned on.
        paused: whether all of them are held for the moment.
    """

    states: tuple[WayState, ...]
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that came in could not be used; one sentence without a word of it."""

    way: Way
    text: str


ArrivalEvent = Arrived | Inserted | WaysChanged | Trouble
