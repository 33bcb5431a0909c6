"""What binds the site without saying who does it: "Refund issued.", "Happy to refund you.", "A refund will follow."."""

from __future__ import annotations

from agent_assist.assist.guard import words
from agent_assist.assist.guard.rule import Action, Kind, row

# Inside a sentence a bare participle is the customer's: "you waited and have asked twice".
_HEAD = r"(?:^[^\S\n]*|(?<=[.!?]\s)|(?<=[.!?]\s\s))"
_START = r"(?:^[^\S\n]*|(?<=[.!?,;:]\s)|(?<=[.!?,;:]\s\s)|\b(?:and|but|so) )"
_GOOD = r"(?:refund|credit|replacement|compensation|reimbursement|voucher|discount|money|payment)s?"
_SETTLED = (
    r"(?:refunded|credited|processed|shipped|sent|issued|replaced|cancelled|canceled|waived|reversed|dispatched|"
    r"approved|reimbursed|applied|granted|completed|arranged|escalated|fixed|resolved|sorted)"
)

ELLIPTIC = (
    row(
        "bare-will",
        Kind.COMMITMENT,
        rf"{_START}(?:(?:happy|glad|pleased|delighted|willing|ready|able) to|more than happy to|going to|about to|"
        rf"gonna|(?:(?:I|we) )?(?:intend|plan|mean|aim) to|will)(?: \w+ly| also| now| then| just)?(?! \w+ing\b) "
        rf"(?P<act>{words.DEED})\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
    ),
    row(
        "bare-done",
        Kind.ACT,
        rf"{_HEAD}(?:(?:have|just|already|now)(?: now| just| already| also)? (?P<act>{words.ACTS}|{words.PAST_ACTS})"
        rf"\b|{_SETTLED} (?:you|it|this|that|your|the)\b(?! to\b))",
        Action.REWRITE,
        words.DID,
        words.STATUS,
    ),
    row(
        "will-follow",
        Kind.COMMITMENT,
        rf"\b{_GOOD}\b(?:(?:'ll| will| shall| should| is going to| is to)(?: \w+ly| soon| then| now)? "
        r"(?P<act>follow|come|go|reach|show|land|appear|get)\b| follows\b| to follow\b)",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        words.UNLESS_ASKED,
    ),
    row(
        "gets-done",
        Kind.COMMITMENT,
        rf"\b(?:{words.THING}|it|this|that|they)\b(?: gets?|(?:'ll| will| should) get|(?:'s| is| are) getting)"
        rf"(?: \w+ly)? (?P<act>{words.ACTED})\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        words.UNLESS_ASKED,
    ),
    row(
        "no-more",
        Kind.COMMITMENT,
        rf"{_START}no (?:further|more|extra|additional|other|new) (?:charge|fee|cost|payment|bill|deduction)s?\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
    ),
    row(
        "noun-done",
        Kind.ACT,
        rf"{_HEAD}(?:(?:your|the|an?|full|partial|new) ){{0,2}}(?:{words.THING}|cancellation|return|reimbursement) "
        rf"(?:now |already |just )?(?P<act>{_SETTLED})(?=\s*(?:[.!,;)]|\Z|(?:and|today|now|already|for you)\b))",
        Action.REWRITE,
        words.DID,
        words.STATUS,
    ),
)
"""In the order in which they are tried."""
