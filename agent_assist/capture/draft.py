"""What the parsers hand on before roles are known."""

from __future__ import annotations

from dataclasses import dataclass

from agent_assist.capture.clock import Stamp
from agent_assist.records import Speaker


@dataclass(frozen=True, slots=True)
class Piece:
    """One message with its speaker as the text shows him.

    Attributes:
        who: tells speakers apart; the same for the same speaker.
        name: as it stands in the text; empty where it shows none.
        text: what was said.
        stamp: the time it carries.
        speaker: the role, where it does not depend on who else speaks.
    """

    who: str
    name: str
    text: str
    stamp: Stamp | None = None
    speaker: Speaker | None = None
