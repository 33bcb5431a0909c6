"""Instructions in an agent's own words that need no language model to follow."""

from __future__ import annotations

import re

from agent_assist.assist.coach.pieces import Piece, body, changes_of, pieces_of
from agent_assist.records import Rewrite, Tag, Wish

_LEAVE_OUT = re.compile(
    r"\W*(?:please )?(?:leave out|leave off|remove|delete|drop|cut|take out|skip) (?:the |my )?"
    r"(?P<which>last|first|second|third|final|greeting)(?: (?:sentence|line|one))?\W*",
    re.IGNORECASE,
)
_SAY_SORRY = re.compile(
    r"\W*(?:please )?(?:say (?:that (?:I am|I'm|we are|we're) )?sorry|apologi[sz]e|"
    r"(?:add|begin with|start with) an apology)"
    r"(?: first| at the (?:start|beginning)| for (?:this|that|it))?\W*",
    re.IGNORECASE,
)
_SORRY = re.compile(r"\b(?:sorry|apologi[sz]e|apologies)\b", re.IGNORECASE)
_APOLOGY = "I'm sorry for the trouble this has caused you."
_PLACES = {"first": 0, "second": 1, "third": 2, "last": -1, "final": -1}
_FEW_WORDS = 7
# Instructions that say no more than a wish does.
_SAYS = (
    (Wish.SHORTER, r"short\w*|brief\w*|concise\w*|trim"),
    (Wish.FORMAL, r"formal\w*|polite\w*|professional\w*"),
    (Wish.WARMER, r"warm\w*|friend\w*|kind\w*|nice\w*|empath\w*|human|personal|soft\w*|gentl\w*|robotic|stiff|cold"),
    (Wish.BETTER, r"better|improve\w*|clear\w*|plain\w*|simpl\w*|blam\w*"),
)


def wish_of(instruction: str) -> Wish | None:
    """The wish that an instruction amounts to, None where it asks for more than that."""
    if len(instruction.split()) > _FEW_WORDS:
        return None
    found = (wish for wish, words in _SAYS if re.search(rf"\b(?:{words})\b", instruction, re.IGNORECASE))
    return next(found, None)


def obeyed(draft: str, instruction: str) -> Rewrite | None:
    """The draft with an instruction followed by rule: to leave a sentence out, or to say sorry.

    Returns:
        None where the instruction is neither, or cannot be followed.
    """
    pieces = pieces_of(draft)
    leave = _LEAVE_OUT.fullmatch(instruction)
    if leave is not None:
        return _without(draft, pieces, leave["which"].lower())
    if _SAY_SORRY.fullmatch(instruction) and not _SORRY.search(draft) and pieces:
        pieces[min(body(pieces), len(pieces) - 1)].first.append((_APOLOGY, Tag.OWNS))
        return Rewrite(draft, changes_of(draft, pieces, []))
    return None


def _without(draft: str, pieces: list[Piece], which: str) -> Rewrite | None:
    if which == "greeting":
        chosen = [piece for piece in pieces if piece.greeting]
    else:
        chosen = [piece for piece in pieces if not piece.greeting][_PLACES[which] :][:1]
    if not chosen or len(chosen) == len(pieces):
        return None
    for piece in chosen:
        piece.new = ""
    return Rewrite(draft, changes_of(draft, pieces, []))
