"""The four pillars of an empathetic reply, judged by rules that can be read aloud.

What a moment needs is read from the customer's last turn and its emotion; what a reply gives is read from the reply.
The agent's own feelings are never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent_assist.assist.claims import plain
from agent_assist.assist.sentences import PLACEHOLDER, split
from agent_assist.records import EmotionReading, Label, Pillar, PillarState, Speaker, Turn

DISTRESSED = 0.35
"""Distress from which a customer needs to be heard before being helped."""

_CALM = 0.15
_READ = 1500
"""Characters at the end of a customer's turn, and at the start of a sentence, that are looked at."""

WEIGHTS = {Pillar.LISTEN: 0.35, Pillar.OWN: 0.25, Pillar.RESOLVE: 0.25, Pillar.FOLLOW_UP: 0.15}
"""Share of each pillar in the score, before those that a moment does not need are left out; they sum to 1."""

_NEGATIVE = frozenset({Label.ANGER, Label.FRUSTRATION, Label.STRESS, Label.SADNESS})
_I = re.IGNORECASE
_TROUBLE = re.compile(
    r"\b(?:(?:\w+n't|not|no longer|no ?one|nobody|doesnt|dont|cant|wont) (?:even |been )?(?:work|load|open|arriv|"
    r"receiv|get|got|log|let|turn|connect|show|respond|answer|repl|contact|call|sync|find|play|function|deliver|able|"
    r"fix|help|access|come|came|happen)\w*|broke\w*|late|delay\w*|never|still (?:no|not|have|has|wait|hav)\w*|wrong|"
    r"error|fail\w*|charged|overcharg\w*|waiting|waited|missing|lost|damag\w*|cancel+ed|refund|complain\w*|"
    r"ridiculous|unacceptable|terrible|awful|worst|useless|scam|stuck|crash\w*|down|outage|problem|issue|"
    r"disappoint\w*|rude|ignored|hacked|stolen|locked out|fault\w*|defective|torn|tear in|hole in|filthy|dirty|"
    r"stains?|"
    r"explod\w*|smells?|swallowed|rejected|harass\w*|hung up|on hold|bounced|twice|loops?|worse|"
    r"(?:third|fourth|fifth|second|\d+(?:rd|th|nd)) (?:time|e-?mail|wrong|call|week|winter|month|day)|"
    r"no (?:hot water|heat\w*|power|table|hotel|answer|reply)|without (?:\w+ ){0,2}(?:water|power|heat\w*|warning)|"
    r"you(?:'ve| have| people| guys)?(?: people| guys)? (?:still |just )?(?:sent|sold|bill|deleted|promised|printed|"
    r"spelled|spelt|ruined|closed|blocked|took|put in the|gave|leave us)|your (?:\w+ ){1,3}(?:deleted|promised|"
    r"does nothing|"
    r"did nothing|ruined|threw|left|took|gave|let me))\b|\b(?-i:AGAIN|TWICE|THIRD|STILL)\b",
    _I,
)
_PERSONAL = re.compile(
    r"\b(?:I(?:'m| am| feel| felt| was|'ve been)?|my|me)\b[^.!?]{0,60}\b(?:sad|tired|lonely|alone|scared|afraid|"
    r"guilty|hurts?|"
    r"crying|cried|stupid|ashamed|exhausted|overwhelmed|worthless|breathe|panick\w*|nervous|worried|numb|small|dumb|"
    r"burn-?out|lost my|died|passed away|divorce|diagnosed|miscarried|laid off|failed|shouted at|laughed at|"
    r"quit|behind on|"
    r"monster|shaking|not okay|okay for|give up|burden)\b",
    _I,
)
"""A customer who tells of their own life: they want to be heard, and nothing is ours to mend."""
_TO_US = re.compile(
    r"\b(?:you|your|u|order\w*|refund\w*|app|cards?|accounts?|bills?|deliver\w*|parcels?|packages?|website|"
    r"couriers?|drivers?|"
    r"agents?|chat|tickets?|bookings?|book|rooms?|table|number|address|contract|subscription|warranty|"
    r"invoice\w*|payments?|"
    r"paid|bought|charged|fee|price\w*|plans?|log ?in|password|pin|update|version|phone|laptop|printer|screen|"
    r"machine|form|"
    r"links?|manual|codes?|appointment|insurance|claim|hours|shop|store|size|colour|color|box|engineer|"
    r"technician|router|"
    r"internet|cancel\w*|hire car|boiler|train|flight|bus|visa interview|certificate|documents?|light|click\w*|"
    r"delayed|"
    r"attached|screenshot|photo|e-?mail address|customers?|server|error|broken|crash\w*|outage|menu|policy)\b",
    _I,
)
"""What a customer who tells of their own life hardly mentions."""
_OF_PEOPLE = re.compile(
    r"\b(?:I|I'm|I've|my|me|im|ive|he|she|they|we|it hurts|boss|manager|mum|mom|dad|wife|husband|son|daughter|"
    r"kids?|friend|"
    r"sister|brother|girlfriend|boyfriend|colleagues?|team)\b",
    _I,
)
_THANKS = re.compile(
    r"\b(?:thank(?:s| you)|cheers|perfect|great|brilliant|awesome|appreciate|sorted|solved|works? now|all good)\b",
    _I,
)
_NOT_THANKS = re.compile(r"\b(?:but|however|still|not|never|no thanks|thanks for nothing)\b|n't\b", _I)

_FEELING = (
    r"(?:frustrat\w*|upset\w*|annoy\w*|disappoint\w*|worr\w*|stress\w*|angry|anger|confus\w*|let down|exhaust\w*|"
    r"unsettl\w*|hard|difficult|unfair|unacceptable|inconvenien\w*|tiring|not okay|not ok|not good enough|painful|"
    r"scar(?:y|ed)|sad|lonely|awful|horrible|terrible|rotten|heavy|hurt\w*|exhausting|crushing|humiliating|maddening|"
    r"embarrassing|fright\w*|betrayal|overwhelm\w*|heartbreaking|worn (?:down|out)|not right|shock|alarming|rough|"
    r"disrespectful|insult\w*|lost|panic\w*|alone|careless|inexcusable)"
)
_NAMES = re.compile(
    rf"\b(?:that|this|it|which|these|those|not knowing)(?:'s| is| was| are| were| must| would| sounds?| feels?|"
    rf" makes| can)\b"
    rf"[^.?!]{{0,40}}\b{_FEELING}\b",
    _I,
)
"""A sentence that says how a thing is for somebody."""
_RETELLS = re.compile(r"\b(?:you|your|you've|you're|after|three|two|nobody|another|twice)\b", _I)
_OF_SELF = re.compile(r"\b(?:I (?:was|had|once|used|also|passed|know people|moved)|my (?:own|boss|cat|brother))\b", _I)
_OUR_PART = re.compile(r"\b(?:I'll|I will|let me|please|could you|can you|we'll|I can|we can|I'm \w+ing)\b|\?", _I)
_HEARS = re.compile(
    r"\b(?:I (?:can )?(?:completely |fully |totally )?(?:understand|see|hear|realise|realize|imagine|appreciate|get)|"
    r"I can only imagine|that (?:sounds|must)|this (?:sounds|must)|it (?:sounds|must)|sounds like|you(?:'re|"
    r" are) right|no wonder|makes sense|thank(?:s| you) for (?:telling|explaining|letting|sharing|bearing|flagging|"
    r"raising)|you(?:'ve| have) (?:been|had|waited|tried|already|done|paid)|nobody (?:should|wants)|anyone would|"
    r"(?:is|was|are|must be|can be|feels?) (?:\w+ )?" + _FEELING + r"|sorry (?:that|to hear|about|"
    r"for the)|I know)\b",
    _I,
)
_FEELS = re.compile(rf"\b{_FEELING}\b", _I)
_REASON = re.compile(r"\b(?:that|when|because|after|since|without|having|to have|about|with|how)\s+\w+\s+\w+", _I)
_HOLLOW = re.compile(r"\b(?:your (?:frustration|concern|feelings?|issue)|sorry (?:about|for) (?:the|that|this))\b", _I)
"""What stands before any trouble alike."""
_OWNS = re.compile(
    r"\b(?:sorry|apolog\w+|regret\b|ashamed|our (?:mistake|error|fault|side)|on us\b|(?:we|I) (?:let you down|"
    r"got (?:this|it|"
    r"that) wrong|fell short|should have|dropped)|should(?:n't| not| never) have happened|not the (?:service|"
    r"experience|standard)|(?:I'll|I will|let me) (?:own|take (?:this|it) on|take ownership|stay with)|"
    r"not (?:good enough|how))\b",
    _I,
)
_NON_APOLOGY = re.compile(r"\bsorry,? (?:but|if|you feel|that you feel|however|we (?:can't|cannot|don't))\b", _I)
_STEPS = re.compile(
    r"\b(?:(?:I'll|I will|let me|I'm going to|I'm|we'll|we're|I am) (?:\w+ )?(?:look\w*|check\w*|find\w*|review\w*|"
    r"see\w*|go\w* through|walk\w*|trac\w*|investigat\w*|pull\w*|take a look|help you)|please (?:try|go|click|send|"
    r"check|restart|open|sign|log|reply|share|tell|use|follow|dm|visit|confirm|call|select|contact|provide|reset|"
    r"update|note)|you can (?!imagine)|you could|try (?:to |the |re)?\w+ing|here(?:'s| is| are) (?:how|what|the|a)|"
    r"let's (?:start|begin|go)|"
    r"(?:I'm|I am|we're) (?:now )?(?:ask|open|ring|call|send|writ|start|not|compar|freez|book|order|pass|"
    r"forward|bring|"
    r"search|inform|alert|seeing)\w*|(?:bring|take|send|pass|forward) (?:it|this|them|that|the) |"
    r"steps?\b|option|alternativ\w*|instead|we can|I can (?:check|help|offer|look|walk|show|see if)|what we can do|"
    r"next step|settings|recommend|suggest|kindly \w+|you may (?:want|need|also)|you'll (?:want|need|be best)|"
    r"(?:follow|use) (?:this|the|our)|dm us)\b|^(?:try|check|go to|click|follow|use|open|send|reply|hold|unplug|"
    r"restart|select|visit|report|contact|fill|sign|freeze|keep|bring|wash|clean|tap|choose|turn|leave|press|"
    r"take|read|"
    r"delete|unscrew|don't (?:start|wipe|throw|sign)|tell me)\b",
    _I,
)
_ASKS = re.compile(
    r"\b(?:can|could|would|will|do|did|have|has|is|are|was|were|what|which|when|where|who|how|may)\b[^?]{3,}\?", _I
)
_ANSWERS = re.compile(r"(?:yes|no|there|it|they|the|our|we|you|that|these|those)\b", _I)
_CLOSER = re.compile(r"\b(?:anything else|how are you|else (?:I|we) can)\b", _I)
_FOLLOWS = re.compile(
    r"\b(?:let (?:me|us) know|keep you (?:posted|updated|informed)|(?:I'll|I will|we'll|we will) (?:stay|follow|"
    r"get back|update|write to you|"
    r"let you know|be here|be right|keep|come back|be in touch|(?:[^.?!]{0,60} (?:and |then ))?(?:tell you|"
    r"call you|ring you|"
    r"write (?:to |here)?|message you|report|look out|wait here|pass it on|see it through|bring it|"
    r"be (?:the one|with you|your)))|"
    r"(?:get|come|came|write|report|answer) (?:straight )?back (?:to you|here)|tell you (?:what|when|how|where|"
    r"today)|"
    r"you'll (?:hear|get|have) [^.?!]{0,40}from (?:me|us)|stay (?:with|in|on|right|here|your|till|until)|"
    r"your contact|"
    r"won't (?:close|hand|leave|let|send you)|(?:write|message|reply|shout|ask) [^.?!]{0,20}(?:any ?time|if|"
    r"whenever|here)|"
    r"I'm (?:always )?(?:here|around|listening)|(?:feel free|you're welcome|you are welcome) to|be in touch|"
    r"will contact you|give us a shout|follow(?:ing)? up|here (?:to help|"
    r"for you|if|whenever)|anything else|reach out|reply here|come back to (?:me|us)|as soon as (?:I|we)|"
    r"until (?:this|it|we|you)|you won't have to|any (?:other|more|further) questions|happy to help|stay with this|"
    r"hope (?:this|that) helps|get in touch|if (?:it|this|that|you) (?:does|doesn't|still|happens|need|run|would|"
    r"have))\b",
    _I,
)
_COLD = re.compile(
    r"\b(?:calm down|as (?:I|we) (?:already )?(?:said|mentioned|told)|you should have|your (?:own )?fault|"
    r"you (?:failed|must)|policy|nothing (?:I|we) can|unfortunately|obviously|not possible|we (?:can't|cannot|don't)|"
    r"per our)\b",
    _I,
)
_CHEERFUL = re.compile(r"!|\b(?:awesome|great news|yay|no worries|happy days)\b|[\U0001F600-\U0001F60F\U0001F389]", _I)
_STOP = frozenset(
    re.findall(
        r"\w+",
        "about after again been before being could does doing down from have having hello help here into just "
        "know like make many more much need only other over please really said same says should some still "
        "such thank thanks than that their them then there these they thing this those through time very want "
        "what when where which while will with would your yours you are was were the and for not but can had "
        "has how our out get got one now any all too also understand sorry frustrated frustrating frustration "
        "upset angry disappointed disappointing",
    )
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a customer's last turn calls for.

    Attributes:
        distressed: the customer is in distress.
        trouble: something went wrong.
        closing: the customer is content and done.
        asking: the customer asks something, calmly.
        words: stems of the words that carry the customer's own story.
        personal: the customer tells of their own life, and nothing went wrong on our side.
    """

    distressed: bool
    trouble: bool
    closing: bool
    asking: bool
    words: frozenset[str]
    personal: bool = False

    @property
    def needs(self) -> frozenset[Pillar]:
        """The pillars that a reply should carry here."""
        if self.closing:
            return frozenset()
        if self.distressed or self.trouble:
            return frozenset(Pillar)
        return frozenset({Pillar.LISTEN} if self.personal else {Pillar.RESOLVE})


def moment(reading: EmotionReading | None, conversation_so_far: Sequence[Turn]) -> Moment:
    """Reads what a moment calls for.

    Args:
        reading: of the customer's last turn; without one the words alone are judged.
        conversation_so_far: the turns before the reply.
    """
    customer = [plain(t.text[-_READ:]) for t in conversation_so_far if t.speaker is Speaker.CUSTOMER]
    last = customer[-1] if customer else ""
    distressed = reading is not None and (
        reading.distress >= DISTRESSED or (reading.label in _NEGATIVE and reading.distress >= DISTRESSED / 2)
    )
    content = reading is not None and reading.label is Label.SATISFACTION and not distressed
    thanks = bool(_THANKS.search(last)) and not _NOT_THANKS.search(last) and len(last.split()) <= 25
    closing = "?" not in last and not distressed and (thanks or (content and not _TROUBLE.search(last)))
    words = frozenset(stem for text in customer for stem in stems(text))
    trouble = not closing and _troubled(last, reading)
    personal = not closing and bool(_PERSONAL.search(last)) and not (trouble and _TO_US.search(last))
    trouble = trouble and not personal
    return Moment(
        distressed, trouble, closing, "?" in last and not (distressed or trouble or personal), words, personal
    )


def seems_of_life(text: str) -> bool:
    """Whether a customer may be telling of their own life: a guess from who is spoken of, too rough for a rule."""
    said = plain(text[-_READ:])
    if _TO_US.search(said):
        return False
    return bool(_PERSONAL.search(said)) or ("?" not in said and bool(_OF_PEOPLE.search(said)))


def _troubled(last: str, reading: EmotionReading | None) -> bool:
    """Whether something went wrong; a calm customer's question about what could go wrong does not count."""
    calm = reading is not None and reading.distress < _CALM
    told = [s for s in split(last) if not (calm and s.endswith("?"))]
    return any(_TROUBLE.search(s) for s in told)


def assess(text: str, reading: EmotionReading | None, conversation_so_far: Sequence[Turn]) -> dict[Pillar, PillarState]:
    """Tells of each pillar whether a reply carries it, lacks it, or does well without it.

    A pillar that is there counts as given, except an apology where nothing calls for one: that is a reflex.

    Args:
        text: the reply.
        reading: of the customer's last turn, or None.
        conversation_so_far: the turns before the reply.

    Returns:
        One state for each pillar, in the order of `Pillar`.
    """
    now = moment(reading, conversation_so_far)
    given = gives(text, now)
    return {p: state(p in now.needs, p in given, p) for p in Pillar}


def state(needed: bool, given: bool, pillar: Pillar) -> PillarState:
    """The state of a pillar: there, it counts as given, except an apology where nothing calls for one: a reflex."""
    if needed:
        return PillarState.GIVEN if given else PillarState.MISSING
    return PillarState.GIVEN if given and pillar is not Pillar.OWN else PillarState.NOT_NEEDED


def empathy(text: str, pillars: Mapping[Pillar, PillarState], reading: EmotionReading | None) -> float:
    """Estimates how empathetic a reply reads, 0 to 1.

    The base is 0.15 + 0.75 * (weight of the pillars given / weight of those given or missing), 0.7 where none is
    needed. Then: +0.05 for speaking to the customer ("you"), +0.05 for two or more sentences, -0.15 for each cold
    phrase (at most two), -0.1 for cheer towards a customer in distress, -0.05 for an apology nobody needed, -0.1 for
    fewer than six words. The sum is clipped to 0 to 1.

    Args:
        text: the reply.
        pillars: as `assess` gives them.
        reading: of the customer's last turn, or None.
    """
    weighed = {p: WEIGHTS[p] for p, s in pillars.items() if s is not PillarState.NOT_NEEDED}
    given = sum(w for p, w in weighed.items() if pillars[p] is PillarState.GIVEN)
    score = 0.15 + 0.75 * given / sum(weighed.values()) if weighed else 0.7
    said = PLACEHOLDER.sub(" ", plain(text))
    score += 0.05 * bool(re.search(r"\byou", said, _I)) + 0.05 * (len(split(said)) > 1)
    score -= 0.15 * min(len(_COLD.findall(said)), 2)
    if reading is not None and reading.distress >= DISTRESSED and _CHEERFUL.search(said):
        score -= 0.1
    if pillars.get(Pillar.OWN) is PillarState.NOT_NEEDED and _OWNS.search(said):
        score -= 0.05
    if len(re.findall(r"\w+", said)) < 6:
        score -= 0.1
    return min(max(score, 0.0), 1.0)


def gives(text: str, now: Moment) -> frozenset[Pillar]:
    """The pillars that a reply carries, whether or not the moment needs them.

    Args:
        text: the reply.
        now: what it answers.
    """
    sentences = [PLACEHOLDER.sub(" ", s)[:_READ] for s in split(plain(text))]
    tests: dict[Pillar, Callable[[str], bool]] = {
        Pillar.LISTEN: lambda s: _listens(s, now),
        Pillar.OWN: lambda s: bool(_OWNS.search(s)) and not _NON_APOLOGY.search(s),
        Pillar.RESOLVE: lambda s: _resolves(s, now),
        Pillar.FOLLOW_UP: lambda s: bool(_FOLLOWS.search(s)),
    }
    return frozenset(p for p, test in tests.items() if any(test(s) for s in sentences))


def _resolves(sentence: str, now: Moment) -> bool:
    """Whether a sentence takes a step, asks for what is needed, or plainly answers a calm question."""
    if _CLOSER.search(sentence):
        return False
    if now.personal and sentence.endswith("?"):
        return False  # a question to somebody who tells of their life listens; it solves nothing
    answers = now.asking and len(sentence.split()) >= 4 and _ANSWERS.match(sentence) is not None
    return answers or bool(_STEPS.search(sentence) or _ASKS.search(sentence))


def _listens(sentence: str, now: Moment) -> bool:
    """Whether a sentence hears the customer: a cue and something of their own story, not a reflex alone."""
    own = len(now.words & set(stems(sentence)))
    tells = _RETELLS.search(sentence) is not None and not _COLD.search(sentence)
    if own >= _RETOLD and tells and not (now.asking or _OUR_PART.search(sentence) or _OF_SELF.search(sentence)):
        return True
    if _NAMES.search(sentence) and len(sentence.split()) >= _TOLD_WORDS:
        return True
    if not _HEARS.search(sentence):
        return False
    if own and (own > 1 or not _HOLLOW.search(sentence)):
        return True
    # "It's upsetting to have paid and got nothing" names a feeling and its reason in words of its own.
    return bool(_FEELS.search(sentence) and _REASON.search(sentence) and len(sentence.split()) >= 10)


_RETOLD = 2
"""Words of the customer's own story that a sentence must share to retell it."""
_TOLD_WORDS = 6
"""Words from which a sentence that names a feeling says more than a formula."""


def stems(text: str) -> list[str]:
    """Words of four letters or more that carry content, cut to five letters so that "charged" meets "charge"."""
    return [w[:5] for w in re.findall(r"[^\W_]{4,}", text.lower()) if w not in _STOP]
