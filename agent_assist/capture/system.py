"""Lines that a chat system writes by itself."""

from __future__ import annotations

import re

_MAX = 160
_WHO = r"(?:[^\W\d_][^\s:]{0,30}(?:\s[^\s:]{1,30}){0,4}|you)"
_ROOM = r"(?:(?:the|this|your)\s)?(?:chat|conversation|session|room|call|meeting|group|channel)"
_SYSTEM = re.compile(
    rf"(?:{_WHO}\s(?:has\s|have\s|was\s)?(?:joined|left|entered|ended|closed|rejoined|added\sto|removed\sfrom)\s{_ROOM}(?:\s.{{0,60}})?"
    r"|[A-Z][\w.'-]{0,30}(?:\s[A-Z][\w.'-]{0,30}){0,3}\s(?:has\s|have\s)?(?:joined|left|disconnected|connected)"
    rf"|(?:{_WHO}\s)?(?:is|are)\styping"
    rf"|{_ROOM}\s(?:has\s|was\s|is\s|has\sbeen\s)?(?:now\s)?"
    r"(?:started|ended|closed|transferred|assigned|resolved|reopened|created|escalated|accepted)(?:[\s:,].{0,90})?"
    r"|(?:chat|conversation|call|session)\s(?:start(?:ed)?|end(?:ed)?|transcript|id)(?:[\s:].{0,90})?"
    r"|(?:(?:you(?:'re|\u2019re|\sare|\shave\sbeen)|(?:the\s)?(?:customer|visitor|chat|conversation)\s(?:is|was|has\sbeen))\s)?"
    r"(?:being\s|now\s)?(?:transferred|transferring|connected|connecting|assigned|escalated)(?:\syou)?\s(?:to|with)\s.{1,80}"
    r"|you(?:'re|\u2019re|\sare)\snow\s(?:chatting|connected|speaking|talking)\s(?:to|with)\s.{1,80}"
    r"|please\swait\s(?:while|for)\s.{0,80}(?:agent|connect|operator|representative|transfer).{0,60}"
    r"|(?:messages\sand\scalls\sare\s)?end-to-end\sencrypted.{0,80}"
    r"|(?:this\smessage\swas|you)\sdeleted(?:\sthis\smessage)?"
    r"|missed\s(?:voice|video)?\s?call.{0,30})",
    re.I,
)
_EDGES = " \t-\u2013—*=_~<>[]()•·|.!"


def is_system(line: str) -> bool:
    """Whether a whole line reads like one that the chat system wrote ("Anna joined the chat")."""
    bare = line.strip(_EDGES) if len(line) <= _MAX else ""
    return bool(bare) and _SYSTEM.fullmatch(bare) is not None
