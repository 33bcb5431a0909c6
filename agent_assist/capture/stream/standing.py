"""What the stream holds at one moment, for whoever looks while it takes in more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent_assist.capture.stream.customers import shared
from agent_assist.records import Alike, Contact, Tracked


@dataclass(frozen=True, slots=True)
class Standing:
    """The stream at one moment. Never changed, so any thread may read it.

    Attributes:
        by_id: the conversations by their ids, the one that something came in for last first.
        contacts: what is known of each one's customer.
        channels: the ids of the conversations of each channel.
        apart: pairs that the agent said are not with the same customer.
    """

    by_id: Mapping[str, Tracked] = field(default_factory=dict)
    contacts: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)
    channels: tuple[frozenset[str], ...] = ()
    apart: frozenset[frozenset[str]] = frozenset()

    @property
    def conversations(self) -> tuple[Tracked, ...]:
        """All of them, the one that something came in for last first."""
        return tuple(self.by_id.values())

    def get(self, conversation_id: str) -> Tracked | None:
        """One conversation, by its own id."""
        return self.by_id.get(conversation_id)

    def alike(self, conversation_id: str) -> tuple[Alike, ...]:
        """Conversations of other channels that share a contact with this one, the latest first."""
        own = self.contacts.get(conversation_id, ())
        if not own:
            return ()
        known = {conversation_id}.union(*(ids for ids in self.channels if conversation_id in ids))
        found = ((other, shared(own, self.contacts[other])) for other in self._but(known))
        apart = {other for pair in self.apart if conversation_id in pair for other in pair}
        return tuple(Alike(other, why) for other, why in found if why is not None and other not in apart)

    def _but(self, known: Iterable[str]) -> Iterable[str]:
        left_out = set(known)
        return (other for other in self.by_id if other not in left_out)
