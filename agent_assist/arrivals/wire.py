"""What a source sends, as the records that the stream is made of: cleaned, and without what cannot be shown."""

from __future__ import annotations

import hashlib

from agent_assist.capture.decode import clean
from agent_assist.capture.formats.desk_fields import moment
from agent_assist.capture.hook.protocol import SeenMessage, Show
from agent_assist.records import Contact, Seen, Way, Window


def window_of(way: Way, show: Show) -> Window:
    """What a source shows of a conversation.

    Args:
        way: what kind of source it is.
        show: as it came; its texts may hold anything.

    Returns:
        The window without messages that have no words.
    """
    return Window(
        way=way,
        channel=show.channel,
        seen=tuple(seen for message in show.seen if (seen := _seen(message)).text),
        whole=show.whole,
        title=one_line(show.title) or "",
        customer=one_line(show.customer),
        contacts=tuple(Contact(mark.kind, mark.value) for mark in show.contacts),
        can_insert=show.can_insert,
    )


def identity(way: Way, channel: str) -> str:
    """The id of a channel's conversation: the same after a restart, and without the channel's own words in it."""
    return f"{way.value}-{hashlib.sha256(channel.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def one_line(text: str | None) -> str | None:
    """A name from outside as one line of what can be shown; None where nothing is left."""
    return " ".join(clean(text)[0].split()) or None if text else None


def _seen(message: SeenMessage) -> Seen:
    return Seen(
        text=clean(message.text)[0].strip(),
        speaker=message.speaker,
        key=message.key,
        name=one_line(message.name),
        at=moment(message.at),
    )
