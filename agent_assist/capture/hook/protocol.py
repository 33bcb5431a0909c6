"""What sources and the running sidebar say to each other: JSON objects, told apart by `type`, in frames.

The browser extension speaks it through `agent-assist native-host`, which passes frames on unread; `agent-assist push`
and `agent-assist hook serve` speak it themselves. Text in it is data from outside, whoever sent it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from agent_assist.records import ContactKind, Speaker, Way

PROTOCOL = 1
SOURCES = (Way.BROWSER, Way.PUSH, Way.CHATWOOT, Way.ZAMMAD)
"""The ways that a program may say it is: what a person does in the window comes through no socket."""
MAX_FRAME = 1 << 20
"""Bytes of a frame's text, either way; the browser itself takes no more than that."""
MAX_SEEN = 400
"""Messages of one window: a source sends what changed with a few before it."""

Key = Annotated[str, msgspec.Meta(max_length=400)]
Name = Annotated[str, msgspec.Meta(max_length=200)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=False, tag_field="type", omit_defaults=True):
    """One frame."""


# --- from a source


class Hello(Message, frozen=True, tag="hello"):
    """The first frame of every source.

    Attributes:
        protocol: `PROTOCOL` of the source.
        way: "browser", "push", "chatwoot" or "zammad".
        name: what it is, for a person ("Chromium").
    """

    protocol: int
    way: Way
    name: Name = ""


class SeenMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as the source shows it now; `at` is ISO 8601 or seconds since 1970."""

    text: Annotated[str, msgspec.Meta(max_length=100_000)]
    speaker: Speaker | None = None
    key: Key | None = None
    name: Name | None = None
    at: str | float | None = None


class Mark(msgspec.Struct, frozen=True):
    """What a customer is recognised by."""

    kind: ContactKind
    value: Key


class Show(Message, frozen=True, tag="window"):
    """What a source shows of a conversation now; see `records.Window`.

    Attributes:
        can_insert: whether a reply can be put into the source's reply box.
    """

    channel: Key
    seen: Annotated[list[SeenMessage], msgspec.Meta(max_length=MAX_SEEN)]
    whole: bool = False
    title: Name = ""
    customer: Name | None = None
    contacts: Annotated[list[Mark], msgspec.Meta(max_length=20)] = []
    can_insert: bool = False


class Push(Message, frozen=True, tag="text"):
    """A whole text to be parsed as a file would be.

    Attributes:
        text: in any format that the product reads.
        format: as `--format`.
        customer: who the customer is, where the person says it.
        title: where it came from: a file's name, for a person only.
    """

    text: str
    format: str = "auto"
    customer: Name | None = None
    title: Name = ""


class Ended(Message, frozen=True, tag="ended"):
    """The source watches this conversation no longer."""

    channel: Key


class InsertResult(Message, frozen=True, tag="inserted"):
    """What became of an `Insert`; `why_not` is one sentence, "" where the text stands in the reply box."""

    channel: Key
    why_not: Name = ""


# --- from the sidebar


class Welcome(Message, frozen=True, tag="welcome"):
    """The answer to `Hello`; `paused` as in `Paused`."""

    protocol: int
    version: str
    paused: bool = False


class Refused(Message, frozen=True, tag="refused"):
    """Something was not taken in; one sentence. The connection is closed where `final`."""

    why: str
    final: bool = False


class Accepted(Message, frozen=True, tag="accepted"):
    """A window or a text was taken in.

    Attributes:
        channel: of the window; "" for a text.
        added: turns that were new.
        conversations: of a text.
    """

    channel: Key = ""
    added: int = 0
    conversations: int = 1


class Paused(Message, frozen=True, tag="paused"):
    """Nothing is taken in for now, or again; a source sends nothing while `paused`, and shows it."""

    paused: bool


class Insert(Message, frozen=True, tag="insert"):
    """Put this into the conversation's reply box, at the cursor, and send nothing."""

    channel: Key
    text: str


FromSource = Hello | Show | Push | Ended | InsertResult
FromSidebar = Welcome | Refused | Accepted | Paused | Insert
