"""Text that does not say who speaks."""

from __future__ import annotations

from collections.abc import Sequence

from agent_assist.capture.cues import lean
from agent_assist.capture.draft import Piece
from agent_assist.capture.lines import strip, view
from agent_assist.capture.system import is_system
from agent_assist.records import Speaker

_SURE = 2.0
_PARAGRAPHS_ALTERNATE = 0.8
_LINES_ALTERNATE = 1.5
_MAX_JUDGED = 200

_ONE = "The text names no speaker; it was read as one message of the customer."
_ONE_AGENT = "The text names no speaker; it reads as written by an agent."
_ALTERNATING = (
    "The text names no speaker; its {} were read as customer and agent taking turns. Swap the roles if that is wrong."
)


def parse_free(lines: Sequence[str]) -> tuple[list[Piece], list[str]]:
    """Reads text without speakers: as taking turns where it sounds like a dialogue, else as one message."""
    blocks = _blocks(lines)
    spoken = [b for b in blocks if not _is_notice(b)]
    alternating = _alternation(spoken, _PARAGRAPHS_ALTERNATE)
    if alternating is not None:
        return _take_turns(blocks, alternating), [_ALTERNATING.format("paragraphs")]
    if len(spoken) == 1:
        rows = [row for row in map(strip, spoken[0].split("\n")) if row]
        alternating = _alternation(rows, _LINES_ALTERNATE)
        if alternating is not None:
            whole = [r for b in blocks for r in ([b] if _is_notice(b) else rows)]
            return _take_turns(whole, alternating), [_ALTERNATING.format("lines")]
    return _one(blocks)


def _blocks(lines: Sequence[str]) -> list[str]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if view(line):
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [text for b in blocks if (text := strip("\n".join(b)))]


def _is_notice(block: str) -> bool:
    return "\n" not in block and is_system(view(block))


def _alternation(blocks: Sequence[str], least: float) -> int | None:
    """0 where the customer seems to begin a dialogue, 1 where the agent does, None where it is none.

    Args:
        blocks: what is said, in order.
        least: by how much agent and customer must sound unlike each other, on average, 0 to 5.
    """
    if len(blocks) < 2:
        return None
    leans = [lean(b) for b in blocks[:_MAX_JUDGED]]
    even, odd = leans[0::2], leans[1::2]
    even_mean, odd_mean = sum(even) / len(even), sum(odd) / len(odd)
    starts_agent = even_mean > odd_mean
    agent, customer = (even_mean, odd_mean) if starts_agent else (odd_mean, even_mean)
    if agent - customer < 2 * least or agent <= 0.5 or customer > 0.5:
        return None
    return int(starts_agent)


def _take_turns(blocks: Sequence[str], starts_agent: int) -> list[Piece]:
    pieces, spoken = [], 0
    for block in blocks:
        if _is_notice(block):
            pieces.append(Piece("", "", block, speaker=Speaker.SYSTEM))
            continue
        speaker = Speaker.AGENT if (spoken + starts_agent) % 2 else Speaker.CUSTOMER
        pieces.append(Piece("", "", block, speaker=speaker))
        spoken += 1
    return pieces


def _one(blocks: Sequence[str]) -> tuple[list[Piece], list[str]]:
    pieces: list[Piece] = []
    text: list[str] = []

    def flush(speaker: Speaker) -> None:
        if text:
            pieces.append(Piece("", "", "\n\n".join(text), speaker=speaker))
            text.clear()

    spoken = [b for b in blocks if not _is_notice(b)]
    agent = bool(spoken) and sum(map(lean, spoken[:_MAX_JUDGED])) / len(spoken[:_MAX_JUDGED]) >= _SURE
    speaker = Speaker.AGENT if agent else Speaker.CUSTOMER
    for block in blocks:
        if _is_notice(block):
            flush(speaker)
            pieces.append(Piece("", "", block, speaker=Speaker.SYSTEM))
        else:
            text.append(block)
    flush(speaker)
    return pieces, [_ONE_AGENT if agent else _ONE] if spoken else []
