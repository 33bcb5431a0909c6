"""Every detector by the kinds it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent_assist.privacy.redaction.addresses import find_addresses
from agent_assist.privacy.redaction.bank import find_bank_numbers, find_ibans
from agent_assist.privacy.redaction.cards import find_cards
from agent_assist.privacy.redaction.codes import find_codes
from agent_assist.privacy.redaction.emails import find_emails
from agent_assist.privacy.redaction.ids import find_ids
from agent_assist.privacy.redaction.kinds import SECRETS, Found, Kind, Scene
from agent_assist.privacy.redaction.links import find_tokens
from agent_assist.privacy.redaction.phones import find_phones
from agent_assist.privacy.redaction.view import best

Detector = Callable[[str, Scene], Iterator[Found]]

_DETECTORS: tuple[tuple[frozenset[Kind], Detector], ...] = (
    (frozenset({Kind.CARD}), find_cards),
    (frozenset({Kind.IBAN}), find_ibans),
    (frozenset({Kind.BANK}), find_bank_numbers),
    (frozenset({Kind.TOKEN}), find_tokens),
    (SECRETS - {Kind.TOKEN}, find_codes),
    (frozenset({Kind.ID}), find_ids),
    (frozenset({Kind.EMAIL}), find_emails),
    (frozenset({Kind.PHONE}), find_phones),
    (frozenset({Kind.ADDRESS}), find_addresses),
)


def find(text: str, scene: Scene, kinds: frozenset[Kind]) -> list[Found]:
    """What is to be replaced in a text, in order and without overlaps; names are found elsewhere.

    Args:
        text: as `view` gives it.
        scene: what is known besides it.
        kinds: those that are wanted.
    """
    return best([one for some, detector in _DETECTORS if some & kinds for one in detector(text, scene)])
