"""Surface cues of how a reply treats the person it answers: countable, and each can be pointed at.

The network of `models/empathy` was trained on too few replies to learn each of these surely. What a cue weighs was
found together with the network's share (`labels.json`); none looks at how long a reply is, beyond a word or two.
"""

from __future__ import annotations

import re

from agent_assist.assist.claims import plain
from agent_assist.assist.pillars import stems

_I = re.IGNORECASE
_FEW_WORDS = 5
_MOST = 3

_PATTERNS = {
    "asks": re.compile(r"\?"),
    "asks openly": re.compile(
        r"\b(?:what|how|which)\b[^.?!]{4,}\?|\b(?:tell me|do you want to|would you like to|want to talk|"
        r"say more)\b",
        _I,
    ),
    "asks why": re.compile(r"\bwhy\b[^.?!]{0,60}(?:\?|$)", _I),
    "names a feeling": re.compile(
        r"\b(?:hurt\w*|pain\w*|sad\w*|lonely|alone|scar(?:y|ed)|fear\w*|afraid|worr\w*|heavy|hard|tough|"
        r"heartbreaking|"
        r"unfair|frustrat\w*|angry|anger|upset\w*|annoy\w*|fed up|furious|disappoint\w*|letdown|let down|exhaust\w*|"
        r"tiring|tired|worn|stress\w*|overwhelm\w*|awful|horrible|terrible|frighten\w*|panic\w*|shock\w*|"
        r"embarrass\w*|"
        r"humiliat\w*|asham\w*|guilt\w*|shame|betray\w*|insult\w*|crush\w*|maddening|brave|courage|grie\w+|loss|"
        r"nervous|unsettl\w*|glad|happy|lovely)\b",
        _I,
    ),
    "for this person": re.compile(
        r"\b(?:that|this|it)(?:'s| is| must| sounds?| feels?| makes sense)\b|\b(?:must (?:be|have|feel)|"
        r"sounds like|no wonder|"
        r"of course you|you(?:'re| are) right|I (?:can )?(?:hear|see|imagine|feel))\b",
        _I,
    ),
    "speaks to them": re.compile(r"\byou(?:'\w+|r|rs)?\b", _I),
    "retells": re.compile(
        r"\b(?:so|and|but)? ?you(?:'ve|'re)? (?:\w+ ){0,2}(?:\w+ed|had|were|have|did|left|lost|sent|told|went|"
        r"saw|felt)\b",
        _I,
    ),
    "sympathy": re.compile(r"\b(?:sorry (?:to hear|for your|about your|you)|im sorry|condolences|feel for you)\b", _I),
    "apology": re.compile(r"\b(?:sorry|apolog\w+|regret)\b", _I),
    "formula": re.compile(
        r"\b(?:your (?:frustration|concerns?|patience|feedback|understanding|satisfaction|request|call|message)|any "
        r"inconvenience|for contacting|for reaching out|valued? (?:customer|you)|rest assured|at your disposal|"
        r"due course|"
        r"dear (?:customer|sir|guest)|(?:I )?(?:completely |totally )?understand(?: how you feel)?[.!]?$|"
        r"we (?:strive|value|take))\b",
        _I,
    ),
    "advice": re.compile(
        r"^(?:just |then |ok |maybe )?(?:try|ask|tell|talk|go|get|make|join|find|look|keep|apply|take|stop|"
        r"learn|see|report|"
        r"update|buy|plan|use|look|contact|hire|sue)\b|\b(?:you (?:should|need to|must|have to|could|can)|"
        r"have you tried|"
        r"next time|maybe you)\b",
        _I,
    ),
    "minimises": re.compile(
        r"\b(?:just|only|at least|everyone|everybody|others?|normal|bright side|don't (?:worry|be|feel|take|"
        r"let)|dont|cheer up|"
        r"it will pass|time heals|happens for a reason|positive|you'll be fine|be fine|people|lucky|"
        r"hang in there|lol|haha)\b",
        _I,
    ),
    "cheers up": re.compile(
        r"\b(?:you(?:'ve)? got this|stay (?:positive|strong)|be strong|chin up|head up|believe (?:me|in)|"
        r"look at it|on the|"
        r"I'm sure|everything (?:will|happens)|opportunity|a chance|a sign|build\w* character|pay off|rewarded|"
        r"get through|"
        r"you'll (?:be|see|find|get|feel|make)|it'll|better (?:off|and|than|soon)|at the end of the day|"
        r"that's (?:normal|life)|"
        r"be (?:glad|proud|grateful)|honestly|you are (?:strong|smart)|keep (?:going|pushing|smiling)|long run)\b",
        _I,
    ),
    "blames": re.compile(
        r"\b(?:you should(?:'ve| have)|you (?:must|probably|chose|failed)|your (?:own )?fault|if you (?:had|"
        r"could|won't)|"
        r"are you sure|did you (?:check|put)|what did you do|next time|then you)\b",
        _I,
    ),
    "rules": re.compile(
        r"\b(?:policy|terms|unfortunately|not possible|cannot|can't be|must be|only covered|outside our|in the order|"
        r"as (?:I|we) (?:said|told)|already told|required|up to \d+|according to|not covered|are closed|"
        r"may (?:occur|lead))\b",
        _I,
    ),
    "of myself": re.compile(
        r"\b(?:I (?:was|had|used|also|once|know,|have been|passed|moved|love|did|got|just|quit|hated|earn)|"
        r"my (?:own|boss|"
        r"cat|dad|brother|old|company|family|friend|parents|flatmate\w*)|me too|same (?:here|lol)|happened to)\b",
        _I,
    ),
    "stays": re.compile(
        r"\b(?:I'm (?:here|around|listening)|here (?:for|with) you|stay(?:ing)? (?:with|here|on|in)|"
        r"take your time|listening)\b",
        _I,
    ),
    "acts now": re.compile(r"\b(?:I'm|I am|we're) (?:now )?\w+ing\b|\blet me\b|\bI'll\b|\bI will\b", _I),
    "offers blindly": re.compile(r"\b(?:promise|guarantee\w*|for sure|don't you worry|brand new)\b|!!", _I),
}


_TURN_PATTERNS = {
    "shouts": re.compile(r"!|\b[A-Z]{4,}\b"),
    "thanks": re.compile(r"\b(?:thank\w*|thx|cheers|perfect|great|brilliant)\b", _I),
    "speaks of us": re.compile(r"\byour?\b", _I),
    "speaks of itself": re.compile(r"\b(?:I|my|me|I'm|I've|im|ive)\b", _I),
    "speaks of others": re.compile(
        r"\b(?:he|she|they|them|her|him|boss|manager|mum|mom|dad|wife|husband|son|daughter|kids?|friend|sister|"
        r"brother|"
        r"team|office|work|job|meeting|colleagues?)\b",
        _I,
    ),
}
_STEM = 6
_READ = 3000
"""Characters of a text that are looked at."""


def turn_cues(before: str) -> dict[str, float]:
    """What a customer's words show, 0 to 1: the same cues as in replies, some of their own, and each of their words.

    Args:
        before: the customer's words.
    """
    said = plain(before[-_READ:])
    found = {f"turn: {name}": value for name, value in cues(before[-_READ:], "").items() if name != "their words"}
    counts = {name: len(pattern.findall(said)) for name, pattern in _TURN_PATTERNS.items()}
    found |= {f"turn: {name}": min(count, _MOST) / _MOST for name, count in counts.items()}
    words = {word[:_STEM] for word in re.findall(r"[a-z']{2,}", said.lower())}
    return found | {f"word: {word}": 1.0 for word in sorted(words)}


def cues(text: str, before: str) -> dict[str, float]:
    """How often a reply shows each cue, at most three times, as 0 to 1.

    Args:
        text: the reply.
        before: what it answers; "their words" counts the words of that story that the reply takes up.
    """
    said = plain(text[:_READ])
    lines = [line for line in re.split(r"(?<=[.?!])\s+|\n", said) if line]
    counts = {name: sum(len(pattern.findall(line)) for line in lines) for name, pattern in _PATTERNS.items()}
    counts["their words"] = len(set(stems(said)) & set(stems(plain(before[-_READ:]))))
    found = {name: min(count, _MOST) / _MOST for name, count in counts.items()}
    return found | {"few words": float(len(re.findall(r"\w+", said)) < _FEW_WORDS)}
