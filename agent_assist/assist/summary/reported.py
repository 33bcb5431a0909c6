"""What somebody wrote, put into reported speech by rule: nothing is added, and the words stay the writer's own.

"Could you send us your order number?" becomes "The agent asked the customer to send them their order number". What the
rules do not know how to turn is not turned: the caller quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from agent_assist.assist.summary.persons import has_past, led_by_verb, past, third, to_third_person

_VERBS = (
    "accept|access|add|adjust|allow|ask|attach|be|bring|call|cancel|change|chat|check|choose|clear|click|close|come|"
    "complete|confirm|connect|contact|copy|delete|describe|direct|disable|disconnect|dm|do|double-check|download|drop|"
    "e-?mail|elaborate|enable|ensure|enter|explain|fill|find|fix|follow|forward|get|give|go|have|head|help|hold|"
    "include|inform|install|keep|leave|let|log|look|make|message|move|note|open|pass|pay|perform|plug|pm|pop|post|power|press|"
    "private message|provide|pull|put|raise|reach|read|reboot|reconnect|refer|refresh|refund|register|reinstall|"
    "relaunch|remove|repair|replace|reply|report|request|reset|resend|respond|restart|return|review|ring|run|save|scan|see|select|"
    "send|set|share|show|sign|sort|speak|specify|start|stay|stop|submit|switch|take|talk|tap|tell|text|toggle|try|turn|"
    "tweet|type|uninstall|unplug|update|upgrade|upload|use|verify|view|visit|wait|watch|write"
)
# What only a request can begin with; at the beginning of a statement they are nouns as often.
_ACTS = (
    rf"{_VERBS}|advise|apply|arrange|assist|assign|book|clarify|collect|compensate|credit|deliver|escalate|exchange|"
    "expedite|extend|file|honou?r|investigate|issue|locate|order|process|reactivate|reimburse|remind|reschedule|resolve|"
    "restore|ship|suggest|swap|test|track|transfer|unblock|unlock|waive"
)
_SOFT = r"(?:\s*\b(?:please|pls|plz|kindly|just|simply|possibly|perhaps|also|maybe|quickly|first|guys)\b,?){0,4}\s*"
_OPENERS = re.compile(
    r"\s*(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b"
    r"(?:\s+(?:there|guys|all|team|@\w+|(?-i:[A-Z]\w+))){0,3}"
    r"(?:\s*[,.!?:-]+|(?=\s+(?:i|my|we|can|could|is|are|do|the)\b))"
    r"|(?:ok(?:ay)?|sure|great|thanks|thank you|thx|got it|gotcha|alright|all right|right|no worries|no problem|yes|"
    r"yep|no|ah|oh|hmm|certainly|of course|absolutely|understood|sorry|apologies|for now|"
    r"just to (?:check|confirm|clarify|verify)|to (?:clarify|confirm)|if so|"
    r"just in case|btw|then|however|additionally|unfortunately|actually|(?:once )?again|well|indeed|"
    r"(?:in|for) the mean ?time|"
    r"to help|to (?:start|begin)(?: off)?|at this point|awesome|perfect|interesting|"
    r"sorry (?:to hear|about) (?:that|this))\b(?:\s+(?-i:[A-Z][a-z]+))?\s*[,!:;-]+"
    r"|(?-i:[A-Z][a-z]{1,14}),(?=\s+[a-zI])"
    r"|(?:yes|yep|well|actually|ok)\b(?=\s+(?:you|we|i|they|if|it)\b)"
    r"|[-–•*>.,]+\s"
    r"|(?:and|but|so|also|then|plus|btw)\b)\s*",
    re.IGNORECASE,
)
_COMMAND = re.compile(rf"{_SOFT}(?P<act>(?:{_VERBS})\b(?!\s*[:?'])(?!\s+(?:you|u|we|i|they)\b).*)", re.IGNORECASE)
_PLEASE = re.compile(r"\b(?:please|pls|plz|kindly|could you|can you)\b", re.IGNORECASE)
# "Refund cannot be issued", "Call dropped twice": the first word is a noun where a verb of its own follows soon.
_NO_ORDER = re.compile(
    r"\S+(?:\s+(?!(?:if|when|and|or|as|that|what|which|who|how|where|whether|why|because|so|you|i|we|it|they)\b)[^\s,]+)"
    r"{0,4}?\s+(?:(?<!to )(?:is|are|was|were|has|had|does|did|(?:do|have) not|have been|can|can't|cannot|could|will|"
    r"would|(?-i:may)|might|must|should|\w+n't|never|still|broke|fell|froze|hung|ran|stuck|failed|went|came|got|gave|"
    r"took|made|found|lost|said)|(?<!the )(?<!your )(?<!our )(?<!my )(?<!their )(?<! an )(?<! a )(?<! us )(?<! me )"
    r"(?!need\b|feed\b|speed\b|seed\b)\w{3,}ed)(?=[\s,]|$)",
    re.IGNORECASE,
)
# A noun has no object: "Cancel the order placed on Monday".
_SURE_ORDER = re.compile(
    r"(?:be|get|stay|keep|have|leave|\S+\s+(?:the|my|your|our|their|an?|me|us|them|it))\b", re.IGNORECASE
)
_ACT = re.compile(rf"(?:\w+ly\s+)?(?:{_ACTS})\b", re.IGNORECASE)
# "Could you be any slower?" asks for nothing.
_NO_ACT = re.compile(
    r"(?:be|take|get|make|go)\s+(?:\w+\s+)?any\s+(?!other|further)(?:\w+er|more|less|worse)\b", re.IGNORECASE
)
_FORBID = re.compile(rf"{_SOFT}(?:do not|don't)\s+(?P<act>(?:{_VERBS}|hesitate|worry)\b.*)", re.IGNORECASE)
_IF_COMMAND = re.compile(
    r"(?P<when>(?:if|once|when|since|as|after|should)\b[^,.?!]{3,80}),\s*(?:then\s+)?"
    rf"(?:(?:please|pls|kindly|could you|can you)\b)?{_SOFT}(?P<act>(?:{_VERBS})\b(?!\s+(?:is|are|was|will|can))[^?]*)",
    re.IGNORECASE,
)
_LETS = re.compile(r"let(?:'s|s| us)\s+(?P<act>(?!know\b)[a-z]\w.*)", re.IGNORECASE)
_HALF = re.compile(r"(?:if|when|once|because|although|while)\b[^,]{0,60}", re.IGNORECASE)
_HALF_WORDS = 8
_REQUEST = re.compile(
    rf"(?:if possible,?\s*)?{_SOFT}(?:can|could|would|will|might) (?:you|u|ya)\b{_SOFT}(?:mind\s+|be able to\s+)?"
    r"(?P<act>(?!(?:like|prefer)\b)[a-z]\w.*)",
    re.IGNORECASE,
)
_MAY_WE = re.compile(
    rf"{_SOFT}(?:can|could|may|might) (?:we|i)\b{_SOFT}(?:(?:have|get|grab)\s+(?:you to\s+(?P<act>\w.*)|(?P<what>\w.*))"
    r"|(?:ask|know|check)\s+(?:you\s+)?(?P<wh>(?:what|which|how|when|where|why|who|if|whether)\b.*))",
    re.IGNORECASE,
)
_WHO = r"(?P<who>you|u|i|we|it|this|that|there|they|he|she|someone|anyone)"
_AUX = r"(?P<aux>(?:have|has|had|did|do|does|are|is|am|were|was|can|could|will|would|should)(?P<no>n't)?)"
_POLAR = re.compile(rf"{_AUX} {_WHO}\b(?P<rest>\s+\w.*)", re.IGNORECASE)
_OPEN = re.compile(
    rf"(?P<wh>(?:what|which|how|when|where|why|who)\b[^?]{{0,60}}?)\s+{_AUX} {_WHO}\b(?P<rest>[^?]*)", re.IGNORECASE
)
_LET_KNOW = re.compile(r"let (?:us|me) know (?P<what>(?:your|the)\b.*)", re.IGNORECASE)
_STRAIGHT = re.compile(
    r"(?:what (?:happens|happened|seems|exactly (?:happens|happened))|which \w+ (?:is|was))\b.*", re.IGNORECASE
)
_ASKING = re.compile(
    r"(?:what|which|how|when|where|why|who|is|are|was|were|do|does|did|have|has|had|can|could|may|might|will|would|shall|"
    r"should|any)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s*[:>-]*\s*(?:(?:https?://|www\.)\S+|\(link\))")
_GOES_ON = re.compile(r"\s*[a-z(]")
_SMILEY = re.compile(r"\s*(?:[:;=8]['’]?-?[)(DPp/\\|*]+|<3|\(\s*\)|\^\^)(?=\s|$|[.,!?])")
_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D]+")
_DANGLING = re.compile(
    r"\s+(?:here|at|via|on|by|using|through|to|this|the|following|below|above|with|from|and|in|into|for|a|of|or|:|-)$",
    re.IGNORECASE,
)
# A request or a question inside a statement: "that is odd, have you tried another one".
_APART = re.compile(r"\b(?:please|(?:have|are|do|did|can|could|were|will|would) (?:you|u))\b", re.IGNORECASE)
_FINITE = re.compile(
    r"\b(?:is|are|am|was|were|be|been|has|have|had|do|does|did|can|can't|cannot|could|will|won't|would|may|might|must|"
    r"should|shall|need|needs|want|wants|recommend|suggest|advise|apologi[sz]e|"
    r"keep|keeps|\w+n't)\b|'(?:m|re|ve|ll|d|s)\b|\w{3,}ed\b",
    re.IGNORECASE,
)
_SUBJECTLESS = re.compile(
    r"(?P<verb>(?:just |already |also |still )?(?:called|phoned|rang|registered|restarted|rebooted|tried|e-?mailed|"
    r"ordered|contacted|asked|checked|reset|reinstalled|updated|cancelled|messaged|received|spent|paid|sent|bought|got|"
    r"went|did|submitted|logged|followed|installed|tested|spoke|waited|reported|complained|returned|deleted|cleared|"
    r"hope|need|want|love|would|can't|couldn't|don't|didn't|haven't|won't)\b)"
    r"|(?P<now>(?:still |just |now )?(?:trying|waiting|having|getting|looking|wondering)\b)|been\b",
    re.IGNORECASE,
)
_SMALL = re.compile(r"\b[a-z]\w+")
_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z]\w+")
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Side:
    """Who speaks and who is spoken to, as a report names them."""

    says: str
    asked: str
    you: str


AGENT = Side("The agent", "the customer", "the customer")
BOT = Side("The bot", "the customer", "the customer")
CUSTOMER = Side("The customer", "the agent", "the company")


def report(sentence: str, side: Side, names: Collection[str] = ()) -> str | None:
    """A sentence as a report of it, with a full stop; None where the rules cannot turn it.

    Args:
        sentence: one sentence, without a signature.
        side: whose it is.
        names: words that keep their capital at the beginning, in small letters; see `names_in`.
    """
    text = bare(sentence)
    if len(text.split()) < _FEWEST:
        return None
    if text.endswith("?") or _REQUEST.match(text) or _MAY_WE.match(text):
        made = _question(text.rstrip("?!. "), side)
    else:
        made = _statement(text.rstrip("!. "), side, names)
    return f"{side.says} {made}." if made else None


def is_half(text: str) -> bool:
    """Whether a sentence is a condition without what follows from it: "If you have e-mailed us."."""
    return _HALF.fullmatch(text.rstrip("!. ")) is not None and len(text.split()) <= _HALF_WORDS


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Words, in small letters, that stand with a capital in the middle of a sentence and nowhere without one."""
    found: set[str] = set()
    small: set[str] = set()
    for text in texts:
        found.update(match[0].lower() for match in _INSIDE.finditer(text))
        small.update(_SMALL.findall(text))
    return frozenset(found - small)


def bare(sentence: str) -> str:
    """A sentence without what only a chat carries: greetings, interjections, links, smileys."""
    text = _EMOJI.sub("", _SMILEY.sub("", sentence)).replace("’", "'")
    linked = _LINK.search(text)
    text = _LINK.sub(lambda m: " (link)" if _GOES_ON.match(text, m.end()) else "", text)
    mark = re.search(r"[.!?]+\s*$", text)
    while (match := _OPENERS.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    text = " ".join(text.split()).rstrip(" .!?,;:-")
    while linked and (match := _DANGLING.search(text)):
        text = text[: match.start()]
    ending = "?" if mark and "?" in mark[0] else "!" if mark and "!" in mark[0] else "."
    return text + ending if text else ""


def _statement(text: str, side: Side, names: Collection[str]) -> str | None:
    if (match := _IF_COMMAND.match(text)) and _orders(match):
        return _requested(f"{match['act']} {_lower(match['when'])}", side)
    if match := _FORBID.fullmatch(text):
        return _requested(match["act"], side, "not to")
    if match := _LETS.fullmatch(text):
        return f"suggested that they {_theirs(match['act'])}"
    if match := _COMMAND.fullmatch(text):
        return _requested(match["act"], side) if _orders(match) else None
    if is_half(text):
        return None
    if match := _SUBJECTLESS.match(text):
        helper = "" if match["verb"] else "am " if match["now"] else "have "
        text = f"I {helper}{text[0].lower()}{text[1:]}"
    if _ASKING.match(text):
        return _question(text, side)
    if not (_FINITE.search(text) or has_past(text)) or _APART.search(text):
        return None
    return f"said that {_lower(to_third_person(text, side.you), names)}"


def _question(text: str, side: Side) -> str | None:
    if match := _MAY_WE.fullmatch(text):
        if match["act"]:
            return _requested(match["act"], side)
        if match["what"]:
            return f"asked for {to_third_person(match['what'], side.you)}"
        return f"asked {_lower(_theirs(match['wh']))}"
    if match := _REQUEST.fullmatch(text):
        act = match["act"]
        return _requested(act, side) if _ACT.match(act) and not _NO_ACT.match(act) else None
    if match := _IF_COMMAND.match(text):
        return _requested(f"{match['act']} {_lower(match['when'])}", side)
    if (match := _POLAR.fullmatch(text)) and _is_subject(match):
        return f"asked whether {_straight(match, side)}"
    if (match := _OPEN.fullmatch(text)) and _is_subject(match):
        return f"asked {_lower(_theirs(match['wh']))} {_straight(match, side)}"
    return f"asked {_lower(_theirs(text))}" if _STRAIGHT.fullmatch(text) else None


def _orders(match: re.Match[str]) -> bool:
    """Whether a sentence that begins with a verb is an order; many such words are nouns too."""
    act = match["act"]
    asked = _PLEASE.search(match.string, match.start(), match.start("act"))
    return asked is not None or _SURE_ORDER.match(act) is not None or _NO_ORDER.match(act) is None


def _is_subject(match: re.Match[str]) -> bool:
    """Whether the pronoun after the verb is the whole subject; in "does this list mean" it is not."""
    return match["who"].lower() not in ("this", "that") or match["aux"].lower() in ("is", "was", "isn't", "wasn't")


def _straight(match: re.Match[str], side: Side) -> str:
    """Subject and verb of a question in the order of a statement: "have you" as "the customer has"."""
    who, aux, no = match["who"].lower(), match["aux"].lower(), match["no"] or ""
    subject = side.you if who in ("you", "u") else "they" if who in ("i", "we") else who
    rest = _theirs(match["rest"]).strip()
    plural = subject == "they"
    if aux in ("do", "does", "did") and rest:
        made = led_by_verb(rest, past) if aux == "did" else rest if plural else led_by_verb(rest, third)
        return f"{subject} {made}"
    stem = "are" if aux == "am" else aux.removesuffix("n't") if no else aux
    verb = {"is": "are", "was": "were", "has": "have"}.get(stem, stem) if plural else third(stem)
    return f"{subject} {verb}{no} {rest}".rstrip()


def _requested(act: str, side: Side, to: str = "to") -> str:
    act = act.rstrip("?!. ")
    if match := _LET_KNOW.fullmatch(act):
        return f"asked for {to_third_person(match['what'], side.you)}"
    act = _theirs(act)
    if act[1:2].islower():
        act = act[0].lower() + act[1:]
    return f"asked {side.asked} {to} {act}"


def _theirs(text: str) -> str:
    """Text after "asked the customer": both sides are "they" there."""
    return to_third_person(text, "they")


def _lower(text: str, names: Collection[str] = ()) -> str:
    """Text without the capital of its first word, where that word is not a name."""
    first = re.match(r"[A-Z][a-z']*(?![A-Za-z0-9])", text)
    return text if first is None or first[0].lower() in names else text[0].lower() + text[1:]
