"""What the customer asks, turned so that it can stand after "about"."""

from __future__ import annotations

import re

from agent_assist.assist.replies.mirror import tidy, turned
from agent_assist.assist.sentences import split
from agent_assist.records import Conversation

_MOST_WORDS = 14
_I = re.IGNORECASE
_START = r"(?:^|[.,!] |\b(?:and|so|but) )"
_SHAPES = tuple(
    (re.compile(pattern, _I), shape)
    for pattern, shape in (
        (r"\bhow (?:do|can|could|should|would) (?:I|we) (?P<rest>[^?]+)\?", "how to {rest}"),
        (r"\bhow (?P<rest>to [^?]+)\?", "how {rest}"),
        (r"\bwhere (?:do|can|could|should) (?:I|we) (?P<rest>[^?]+)\?", "where you can {rest}"),
        (
            _START + r"(?:can|could|may) (?:I|we) (?:please )?"
            r"(?P<rest>(?!get (?:some )?help|have|speak|talk|dm|ask)[^?]+)\?",
            "whether you can {rest}",
        ),
        (_START + r"(?:do|will) (?:I|we) (?P<rest>(?:need|have|get|still)\b[^?]+)\?", "whether you {rest}"),
        (
            r"\b(?P<wh>when|where|how) (?P<aux>will|is|are|can) (?P<np>(?:my|the|our) (?:[\w'-]+ ){0,2}?[\w'-]+)"
            r"(?P<rest> (?:be|arriv|come|get|open|start|ship|go|deliver|back|coming|going|available)\w*[^?]*)?\?",
            "{wh} {np} {aux} {rest}",
        ),
        (
            _START
            + r"is there (?P<rest>(?:a|an|any|some|another|no)\b(?! (?:reason|chance you|point|problem))[^?]+)\?",
            "whether there is {rest}",
        ),
    )
)
_UNFIT = re.compile(
    r"\b(?:you|your|u|ur|guys|"
    r"fuck\w*|shit\w*|hell|damn|wtf|stupid|idiot\w*|lol|die|kill|sue|scam\w*|fraud\w*|lie|"
    r"liar\w*|trust|fix this|believe|this (?:acceptable|possible|legal)|explain|seriously|ever|instructions?|"
    r"prompt|password is)\b"
    r"|[<>{}\[\]|\\`^%]|https?:|[@#]\w",
    _I,
)


def topic(conversation: Conversation) -> str | None:
    """What the customer's last turn asks, to stand after "about": "how to cancel your booking".

    Returns:
        None where nothing is asked, or where it does not turn cleanly.
    """
    turns = conversation.customer_turns
    questions = [s for s in split(tidy(turns[-1].text)) if s.endswith("?")] if turns else []
    return next((found for s in reversed(questions) if (found := _about(s)) is not None), None)


def _about(question: str) -> str | None:
    for pattern, shape in _SHAPES:
        match = pattern.search(question)
        if match is None or _UNFIT.search(question[match.start() :]):
            continue
        parts = {name: (value or "").strip() for name, value in match.groupdict().items()}
        asked = turned(" ".join(shape.format(**parts).split())).rstrip(" .,!")
        if 2 < len(asked.split()) <= _MOST_WORDS and asked.isascii():
            return asked[0].lower() + asked[1:]
    return None
