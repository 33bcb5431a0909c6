"""What in a draft may not be so, or may not be promised: the guard's findings that an agent should see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.assist import guard
from agent_assist.assist.coach.draft import Draft, Weighed, said
from agent_assist.assist.sentences import spans
from agent_assist.records import RemarkKind

# What an agent says that they did is theirs to know, but for what costs or binds the house.
_BINDS = re.compile(
    r"(?:refund|credit|cancel|ship|dispatch|replac|process|resolv|fix|waiv|approv|revers|reimburs|escalat|issu)\w*",
    re.IGNORECASE,
)
_TERM = re.compile(
    r"\b(?:will|'ll|takes?|taking|within|by|arriv\w+|expect\w*|ship\w*|refund\w*|credit\w*|deliver\w*|due|ready|"
    r"until|deadline|expires?|from)\b",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"(?=(?:\D*\d){4})[\w#.-]{5,}")
# A signature or a handle under a draft of their own is the agent's to write.
_OWN = frozenset({"signature", "handle", "hashtag", "leak", "agent's name"})
_PROMISES = frozenset({"commitment", "promise", "goodwill"})
_DONE = frozenset({"act"})
# Rules that take any act for a commitment fit suggestions; of their own acts agents know more than the conversation.
_BROAD = "-other"
# The coach's own table says these better, and knows how the customer is.
_TOLD_BETTER = frozenset({"blame", "dismissive", "feelings"})


def risks(draft: Draft) -> Iterator[Weighed]:
    """What the guard objects to and an agent would want to know before sending it."""
    for finding in guard.findings(draft.text, draft.conversation, draft.allowed):
        if finding.kind in _OWN or finding.kind in _TOLD_BETTER or finding.rule.endswith(_BROAD):
            continue
        if draft.being_typed(finding.end) or not draft.seen[finding.start : finding.end].strip():
            continue
        if finding.rule == "unsupported":
            yield from _specific(draft, finding)
        elif finding.kind in _PROMISES:
            yield said("promise", RemarkKind.PROMISE, draft, (finding.start, finding.end), reason=finding.reason)
        elif finding.kind in _DONE:
            if _BINDS.search(finding.text):
                yield said("done", RemarkKind.PROMISE, draft, (finding.start, finding.end), reason=finding.reason)
        else:
            yield said("voice", RemarkKind.VOICE, draft, (finding.start, finding.end), reason=finding.reason)


def _specific(draft: Draft, finding: guard.Finding) -> Iterator[Weighed]:
    """A specific that the conversation does not carry, where a slip in it would hurt.

    An agent's own draft may say what they see on their screen: links, counts and the steps of a guide are theirs.
    """
    span = (finding.end - len(draft.text[finding.start : finding.end].lstrip(" ,")), finding.end)
    if finding.kind == "name":
        if draft.conversation.customer:
            yield said("name", RemarkKind.PROMISE, draft, span)
    elif finding.kind in ("date", "how long"):
        sentence = next((draft.seen[s:e] for s, e in spans(draft.seen) if s <= finding.start < e), "")
        if _TERM.search(sentence):
            yield said("check", RemarkKind.PROMISE, draft, span)
    elif finding.kind == "amount" or (finding.kind == "number" and _IDENTIFIER.fullmatch(finding.text)):
        yield said("check", RemarkKind.PROMISE, draft, span)
