"""What we did in plain sight: an agent may own up to asking, sending a link or calling something by a name.

Such an act binds nobody, and the turn that shows it stands in the conversation. What is said to have been asked of
others, given or arranged stays a claim, and so does anything of worth that the turn does not name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent_assist.assist.guard import words

_STEM = 5
_SHAPES = {
    "asked": re.compile(r"asked (?:you\b|(?:again )?(?:for|about|whether|if|which|what)\b)", re.IGNORECASE),
    "sent": re.compile(
        r"sent (?:you (?:back |on |straight )?|back )(?:(?:to|a|an|the|another|that|this) ){1,2}(?:\w+ )?"
        r"(?P<what>link|message|page|form|note|template|number|reply)s?\b(?! of\b)",
        re.IGNORECASE,
    ),
    "called": re.compile(r"called (?:it|that|this|these|those|them)\b", re.IGNORECASE),
    "confirmed": re.compile(r"confirmed (?:the|your|that)\b", re.IGNORECASE),
}
_MORE = re.compile(
    r"\s*;\s*(?!you\b|nobody\b|no one\b)|[\s,]*so\s+(?!you\b|that you\b)|"
    r"[\s,]*(?:and|then)\s+(?!(?:you|it|that|this|nobody|nothing|still|both|then (?:for|about|you)|for|about|again|"
    r"never|"
    r"not|yet|no one)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?|\b(?:please|could you|can you|would you|need|send|which|tell me)\b", re.IGNORECASE)
# Not what "will be confirmed".
_CONFIRMED = re.compile(r"(?<!\bbe )\bconfirmed\b|\bI (?:can )?confirm\b", re.IGNORECASE)
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_DENIED = re.compile(words.DENIED, re.IGNORECASE)
_BOUND = re.compile(rf"\b{words.BOUND}\w*", re.IGNORECASE)
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "about after again already although and answer answered anyway asked back been before called could "
        "even ever first from gave given have here instead into just more never once only other over same send sent "
        "some still than that their them then there these they thing things this those though told twice very were "
        "what "
        "when where which while will with without would write wrong wrote your yours",
    )
)


def is_shown(verb: str, clause: str, sentence: str, after: str, ours: Sequence[str]) -> bool:
    """Whether a sentence of an agent's turn shows the act that a clause owns up to.

    Args:
        verb: of the act, as the clause has it.
        clause: from its subject on.
        sentence: around the clause; what "it" stands for is looked for there.
        after: what follows the clause: a second act, or a second thing, is none that was shown.
        ours: the sentences of agents' turns, plain.
    """
    verb = verb.lower()
    shape = _SHAPES.get(verb)
    found = shape.search(clause) if shape is not None else None
    if found is None or _MORE.match(after):
        return False
    content = _content(found["what"] if verb == "sent" else clause)
    if verb == "asked" and not content:
        content = _content(sentence)
    bound = {m[0].lower()[:_STEM] for m in _BOUND.finditer(clause)}
    return any(bound <= (stems := _content(turn)) and _shows(verb, turn, content, stems) for turn in ours)


def _shows(verb: str, turn: str, content: frozenset[str], stems: frozenset[str]) -> bool:
    content -= {"confi"} if verb == "confirmed" else set()
    shared = len(content & stems)
    if verb == "asked":
        return _ASKS.search(turn) is not None and 0 < len(content) <= 2 * shared
    if verb == "sent" and content & {"link", "page"} and _LINK.search(turn):
        return True
    if verb == "confirmed" and (_CONFIRMED.search(turn) is None or _DENIED.search(turn)):
        return False
    return 0 < len(content) == shared


def _content(text: str) -> frozenset[str]:
    found = (word for word in re.findall(r"[a-z0-9]{4,}", text.lower()) if word not in _EMPTY)
    return frozenset(word[:_STEM] for word in found)
