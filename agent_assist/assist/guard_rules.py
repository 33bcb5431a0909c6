"""What a suggestion may not say, as a table: one row for each kind of slip, with what is done about it and why.

Patterns run over plain text (straight apostrophes, placeholders blanked) and ignore case. A group named `act` is the
verb of a commitment or a claim: where an agent has said that very act in the conversation, saying it again is fine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from agent_assist.assist import guard_words as words


class Action(StrEnum):
    """What becomes of a sentence that a rule finds."""

    REWRITE = "rewrite"
    DROP = "drop"
    STRIP = "strip"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    Attributes:
        id: unique, stable.
        kind: the group of slips that it belongs to.
        pattern: what gives the slip away.
        action: rewrite the clause, drop the sentence, or strip the match alone.
        reason: one line for the agent.
        safe: the sentence that takes the clause's place, for `Action.REWRITE`.
        unless: in front of the match in its sentence, this makes it harmless ("let me know if it is resolved").
    """

    id: str
    kind: str
    pattern: re.Pattern[str]
    action: Action
    reason: str
    safe: str = ""
    unless: re.Pattern[str] | None = None


def _rule(id_: str, kind: str, pattern: str, action: Action, reason: str, safe: str = "", unless: str = "") -> Rule:
    # Signatures and hashtags are told by their capitals.
    flags = re.MULTILINE if action is Action.STRIP else re.MULTILINE | re.IGNORECASE
    excuse = re.compile(unless, re.IGNORECASE) if unless else None
    return Rule(id_, kind, re.compile(pattern, flags), action, reason, safe, excuse)


RULES: tuple[Rule, ...] = (
    _rule(
        "signature",
        "signature",
        r"(?:(?<=\s)|^|(?<=[.!?)\]]))(?:[\^~][ ]?[A-Za-z][A-Za-z.]{0,12}|[*/][A-Z]{1,3})(?![\w*/])",
        Action.STRIP,
        "A colleague's signature.",
    ),
    _rule(
        "signature-dash",
        "signature",
        r"(?:(?<=\s)|^|(?<=[.!?)]))[-\u2013\u2014]{1,2}[ ]?[A-Z][a-zA-Z]{0,14}\.?(?=\s*\Z)",
        Action.STRIP,
        "A colleague's signature.",
    ),
    _rule(
        "sign-off",
        "signature",
        r"(?:(?<=[.!?\n])|^)[ ]*(?:(?:(?:(?:Kind|Best|Warm|Warmest|Many)\s+)?[Rr]egards|Best wishes|Sincerely|"
        r"Yours(?: sincerely| truly| faithfully)?)\s*,?(?:\s+[A-Z][\w'-]{0,20}){0,3}\.?(?=\s*\Z)|(?:Best|Cheers|"
        r"Thanks|Thank you)\s*,?\s*[\n,]\s*[A-Z][\w'-]{0,20}(?:\s[A-Z][\w'-]{0,20}){0,2}\.?(?=\s*\Z))",
        Action.STRIP,
        "A name under the message: sign it yourself.",
    ),
    _rule("handle", "handle", r"(?<![\w.])@\w{1,50}[:,]?", Action.STRIP, "A handle copied from the channel."),
    # With a digit it is a number of something ("#A1234567"), which the conversation carries or not.
    _rule("hashtag", "hashtag", r"(?<![\w&])#(?![\w-]{0,80}\d)[^\W\d]\w{0,80}", Action.STRIP, "A hashtag."),
    _rule(
        "leak-token",
        "leak",
        r"<\|.{0,40}|\|>|\bim_(?:start|end)\b|\[/?INST\]|<</?SYS>>|</?s>|```|\{\s*\"|<(?:/?\w+)>",
        Action.DROP,
        "Text of the machinery, not for a customer.",
    ),
    _rule(
        "leak-talk",
        "leak",
        r"\bas an? (?:AI|artificial)\b|\b(?:I'm|I am) an? (?:AI|bot|assistant|language|chatbot|virtual)\b|"
        r"language model|system prompt|\bJSON\b|\bmy (?:instructions|prompt|training)\b|\bthe prompt\b|\bchat ?gpt\b|"
        r"\bopenai\b|\bhand-?off note\b|\bassistant:",
        Action.DROP,
        "Text of the machinery, not for a customer.",
    ),
    _rule(
        "leak-role",
        "leak",
        r"(?:^|(?<=[.!?]))\s*(?:agent|assistant|customer|note|hint|strategy|user|system|bot|reply|response|"
        r"answer)\s*:",
        Action.DROP,
        "A speaker's label inside a message.",
    ),
    _rule(
        "report",
        "report",
        r"\b(?:the|this|our) (?:customer|user)(?!s?\s+(?:service|care|support|relations|experience|success|team|"
        r"guide|manual|interface|agreement|account|settings|id|portal|forum|community|name))(?:'s)?\b(?!s)|"
        r"\bthe (?:agent|representative)\b(?!'?s?\s+(?:you|who|that|on|at|from))|\bthe customer's\b|\b(?:this|"
        r"the) (?:reply|response) (?:should|validates|acknowledges|shows|aims|must)\b",
        Action.DROP,
        "Reports on the customer instead of speaking to them.",
    ),
    _rule(
        "voice-feeling",
        "voice",
        rf"\b(?:I(?:'m| am| was|'ve been| have been| feel)|I'm getting) (?:(?:really|so|very|extremely|quite|just|"
        rf"also|still|absolutely|deeply|pretty|incredibly|completely|totally|increasingly|a bit|currently|"
        rf"now) ){{0,3}}{words.FEELING}\b",
        Action.DROP,
        "The customer's feeling in the agent's mouth.",
    ),
    _rule(
        "voice-mine",
        "voice",
        r"\bmy (?:(?:own|last|new|recent|online|whole|previous|current) )?(?:orders?|refunds?|cards?|bank|account|"
        r"money|packages?|parcels?|deliver(?:y|ies)|bill|purchase|subscription|flights?|bookings?|payments?|internet|"
        r"phone|computer|laptop|device|app|wife|husband|kids?|house|replacement|issue|problem|complaint|item|product|"
        r"reservation|luggage|bag|password)\b",
        Action.DROP,
        "The customer's belongings in the agent's mouth.",
    ),
    _rule(
        "voice-wants",
        "voice",
        r"\bI (?:just |really |still |also )?(?:want|need|demand|expect|would like|deserve)(?: to (?:get|have|cancel|"
        r"return|receive|speak))? (?:a|an|my|the|some) (?:full |immediate |partial )?(?:refund|replacement|money|"
        r"answer|explanation|compensation|manager|supervisor|new|credit|response|solution)\b|\bI'd like (?:a|"
        r"my) (?:refund|replacement|money)",
        Action.DROP,
        "The customer's demand in the agent's mouth.",
    ),
    _rule(
        "voice-story",
        "voice",
        r"\bI(?:'ve| have) been (?:waiting|charged|trying|on hold|told|without|a customer|overcharged|billed|"
        r"having)\b|\bI (?:was|got) (?:charged|told|billed|overcharged|promised)\b|\bI (?:bought|purchased|paid|"
        r"ordered)\b|\bI (?:never|still haven't|haven't|have not|didn't) (?:received|receive|got|gotten|ordered|"
        r"get)\b",
        Action.DROP,
        "The customer's story in the agent's mouth.",
    ),
    _rule(
        "voice-plea",
        "voice",
        r"\b(?:please|can you|could you) (?:help me (?:with|out|get|please)|refund me)\b|\bto whom it may concern\b|"
        r"\bdear (?:sirs?|support|customer (?:service|support|care)|team)\b|\bI hope you can (?:help|assist)\b|"
        r"\b(?:I would|I'd) like to (?:request|return|complain|file|dispute|speak to)\b",
        Action.DROP,
        "The customer's request in the agent's mouth.",
    ),
    _rule(
        "overreach",
        "overreach",
        rf"\b(?:I|we)(?:'ll|'ve|'m|'re| will| can| have| could| shall| am| are)\b[^.!?\n]{{0,40}}\b(?:contact|call|"
        rf"ring|reach|notify|inform|speak|talk|ask|write|phone|email|tell|liais|deal|work)\w*(?:\s+(?:out|directly|"
        rf"to|with|from))*\s+(?:your|their|his|her|the) (?:\w+ )?{words.OTHERS}\b",
        Action.DROP,
        "An act that no agent can do for a customer.",
    ),
    _rule(
        "promise",
        "promise",
        r"\b(?:I|we)(?: can| do| will|'ll)? (?:promise|assure|swear|vow)\b|\bguarantee|\brest assured\b|\bmy word\b|"
        r"\bbe assured\b|\b(?:will|won't|shall) (?:never|not) happen again\b|\bwon't happen again\b|"
        r"\bnever happens? again\b|\bdoesn't happen again\b|\bno matter what\b|\bwithout fail\b|\bconsider (?:it|"
        r"this|that) (?:done|fixed|sorted|resolved)\b",
        Action.DROP,
        "A promise that nobody can keep for certain.",
    ),
    _rule(
        "promise-goodwill",
        "promise",
        r"\b(?:gesture of goodwill|goodwill gesture|free of charge|at no (?:extra |additional )?(?:cost|charge)|"
        r"on the house|half[- ]price|full refund is)\b",
        Action.REWRITE,
        words.BINDS,
        words.CREDIT,
    ),
    _rule(
        "secret",
        "secret",
        rf"(?<!never )(?<!not )(?<!n't )\b{words.ASKED}\b(?:(?!\b(?:reset|resett?ing|chang\w+|updat\w+|forgot\w*|"
        rf"never|not|last|link|new)\b)[^.?!\n]){{0,60}}?\b{words.PRIVATE}|\bdigits on the back\b",
        Action.DROP,
        "Asks for a secret that no agent should be told.",
    ),
    _rule(
        "legal",
        "advice",
        rf"\byou(?:'re| are)?{words.MAY_NOT} {words.BY_RIGHT}\b|"
        r"\b(?:lawyers?|attorneys?|solicitors?|legally|by law|lawsuit|small claims|legal (?:action|advice|rights?|"
        r"claim|recourse)|statutory|consumer rights? act|consumer protection|against the law|illegal|unlawful)\b|"
        r"\byou(?:'re| are) entitled\b|\byou (?:should|could|can|may|might want to|have the right to) (?:sue|"
        r"take (?:them|us|it) to court|seek damages|get a lawyer|consult)|\bunder (?:\w+ ){0,2}law\b|\byour rights\b|"
        r"\byou have (?:the|no|every) right\b",
        Action.DROP,
        "Reads as legal advice.",
    ),
    _rule(
        "medical",
        "advice",
        r"\b(?:dose|dosage|diagnos(?:is|ed)|ibuprofen|paracetamol|aspirin|prescri(?:be|ption)\w*|antibiotics?)\b|"
        r"\b(?:take|stop taking|increase|reduce)\b[^.!?\n]{0,30}\b(?:mg|tablets?|pills?|medication|medicine)\b",
        Action.DROP,
        "Reads as medical advice.",
    ),
    _rule(
        "liability",
        "liability",
        r"\b(?:(?:was|is|were|are|entirely|completely|all) (?:our|my) (?:own )?fault|our negligence|"
        r"we were negligent|(?:fully |legally )?liable|(?:accept|admit|take) (?:full |legal )?(?:liability|blame)|"
        r"legally responsible)\b",
        Action.REWRITE,
        "An admission of liability: be sorry without ruling on blame.",
        words.SORRY,
    ),
    _rule(
        "blame",
        "blame",
        r"\byou (?:should(?:n't| not)?|ought to) have (?:\w+ed|been|done|read|known|told|taken|sent|kept|gone|said|"
        r"made|given)\b|\b(?:is|was|'s) your (?:own )?(?:fault|mistake|responsibility|problem)\b|\byou (?:failed|"
        r"neglected|forgot|refused) to\b|\byou (?:didn't|did not) (?:read|follow|check|listen|provide|bother|"
        r"understand)\b|\bif you had (?:read|followed|checked|told|only)\b|\byour own fault\b",
        Action.DROP,
        "Blames the customer.",
    ),
    _rule(
        "dismissive",
        "dismissive",
        r"\bcalm down\b|\b(?:as|like) (?:I|we)(?:'ve| have)? (?:already |previously )?(?:said|told|mentioned|stated|"
        r"explained)\b|\bas (?:already|previously) (?:said|stated|mentioned|explained)\b|\bjust relax\b|"
        r"\bget over it\b|\bdeal with it\b|\bnot (?:my|our) problem\b|\boverreact|\bthere(?:'s| is) nothing (?:I|we|"
        r"more|else)\b|\bno need to (?:be|get|shout|yell)\b|\byou need to (?:understand|calm|be patient|realise|"
        r"realize)\b|\bsorry (?:that |if )?you feel (?:that|this) way\b|\bobviously\b|\bnot a big deal\b|"
        r"\bit's only an?\b",
        Action.DROP,
        "Waves the customer's trouble away.",
    ),
    _rule(
        "own-feelings",
        "feelings",
        r"\bI(?:'m| am| feel)(?: \w+ly| so| very| a bit)? (?:stressed|overwhelmed|tired|exhausted|hurt|offended|"
        r"attacked|insulted|sad|nervous|scared|worried|depressed|heartbroken|devastated|shocked)\b(?! to (?:hear|see|"
        r"read|learn))|\b(?:is|are) (?:the|our|your) agents? feeling\b|\bhow (?:is|are) (?:the|our|"
        r"your) agents? (?:feel|doing)|\bas an agent\b",
        Action.DROP,
        "Speaks of the agent's feelings.",
    ),
    *(
        _rule(f"will-{name}", "commitment", rf"{words.WE}{words.ADVERB}\s+{verb}", Action.REWRITE, words.BINDS, safe)
        for name, verb, safe in words.COMMITMENTS
    ),
    *(
        _rule(
            f"let-{name}",
            "commitment",
            rf"(?:{words.LET}|{words.CAN}){words.ADVERB}\s+{verb}",
            Action.REWRITE,
            words.BINDS,
            safe,
        )
        for name, verb, safe in words.COMMITMENTS
        if name not in ("pass-on", "call")
    ),
    *(
        _rule(
            f"doing-{name}",
            "commitment",
            rf"\b(?:I'm|I am|we're|we are)(?:\s+(?:now|also|just|already|currently))*\s+(?P<act>{verb})\b",
            Action.REWRITE,
            words.BINDS,
            safe,
        )
        for name, verb, safe in (
            ("refund", r"(?:refunding|(?:issuing|processing|initiating)[^.!?\n]{0,20}refund)", words.REFUND),
            (
                "send",
                r"(?:sending|shipping|replacing|dispatching)(?!\s+(?:you )?(?:a |the )?(?:link|note|message|dm\b))",
                words.REPLACE,
            ),
            ("cancel", r"cancelling|canceling", words.CANCEL),
            ("pass-on", r"(?:escalating|forwarding|transferring|contacting|raising|passing|speaking)", words.TEAM),
            (
                "fix",
                r"(?:processing|issuing|applying|crediting|arranging|scheduling|fixing|resolving|booking|waiving|"
                r"calling|updating your)",
                words.LOOK,
            ),
        )
    ),
    _rule(
        "you-will",
        "commitment",
        rf"\byou(?:'ll| will| should| can| are going to)(?: also| then| soon| shortly)? (?:be (?P<act>refunded|"
        rf"credited|reimbursed|compensated|contacted|charged|called|notified|emailed)|expect (?:an?|the|your|our|to|"
        rf"it)|hear (?:back|from)|(?<!can )(?:receive|get|(?<!should )have|see)\b(?:[^.!?\n]{{0,40}}\b{words.OWED}\b|"
        rf"\s+(?:it|this|them|one)\b(?! in)|[^.!?\n]{{0,30}}\b(?:within|by|e-?mail|call|response)\b))|(?:^|"
        rf"(?<=[.!?]\s))expect (?:an?|your|the|our)\b|(?<!if )\byou(?:'re| are)? (?:qualify|eligible)\b|"
        rf"(?:(?<!if )(?<!when )(?<!once )\byou(?:'re| are) (?:getting|receiving)\b|(?:^|(?<=[.!?,;:]\s)|"
        rf"\b(?:and|but|so) )you (?:get|receive) (?:an?|the|your|our)\b)[^.!?\n]{{0,30}}\b{words.OWED}\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
    ),
    _rule(
        "will-be",
        "commitment",
        rf"\b(?:{words.THING}|it|this|that|they|which)\b(?:'ll| will| should| is going to| is being)(?: \w+ly| soon|"
        rf" then| now)?(?: have)?(?: be(?:en)?)? (?P<act>{words.ACTED}|arrive|ship|be (?:with you|ready|there|"
        rf"on its way))\b|\byour (?:\w+ ){{1,3}}(?:is|are) being {words.ACTED}\b|"
        rf"\b(?:{words.THING}|it|this|they) (?:arrives?|ships?|gets (?:to you|there))\b"
        r"(?!\s+(?:with|from|to)\b)",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        words.UNLESS_ASKED,
    ),
    _rule(
        "was-done",
        "act",
        rf"\b(?:(?:{words.THING}|it|this|that|they)\b(?:'s| has| have)(?: already| now| just| also)? been|"
        rf"{words.THING}\b(?:'s| is| are| was| were)(?: already| now| all)?) (?P<act>{words.ACTED}|scheduled|"
        rf"complete)\b|\b(?:is|are) (?:already )?on (?:its|the|their) way\b|"
        rf"\b{words.THING}\b(?:'s| has| have| is| are)?(?: already| now| just)? (?:{words.GONE})\b",
        Action.REWRITE,
        words.DID,
        words.STATUS,
        words.UNLESS_ASKED,
    ),
    _rule(
        "others-said",
        "act",
        r"(?<!you )(?<!you've )(?<!already )\b(?:(?:has|have) )?(?:told|informed|advised|assured) (?:me|us)\b|"
        rf"\b{words.HELPER} (?:has|have) (?:\w+ly |already |now )?{words.ACTED}\b",
        Action.REWRITE,
        words.DID,
        words.STATUS,
    ),
    _rule(
        "team-will",
        "commitment",
        rf"\b{words.HELPER}(?: \w+ly)?(?:'ll| will| is going to| are going to|'s going to| is already| are already|"
        rf" is currently| are currently| has| have| is| are) (?:(?:now|also|then|soon|already|been|be|get|"
        rf"getting) ){{0,2}}(?P<act>contact|call|reach|email|get back|be in touch|in touch|working|look|investigat|"
        rf"review|fix|resolv|send|process|deliver|arrange|handle|assist|take|visit|come|respond|follow|check|"
        rf"confirm)\w*",
        Action.REWRITE,
        "Speaks for colleagues who have not said so.",
        words.TEAM,
    ),
    _rule(
        "have-done",
        "act",
        rf"{words.DONE}\s+(?P<act>{words.ACTS})\b(?! (?:your (?:message|dm|note)|out that you))",
        Action.REWRITE,
        words.DID,
        words.STATUS,
    ),
    _rule("did", "act", rf"{words.PAST}\s+(?P<act>{words.PAST_ACTS})\b", Action.REWRITE, words.DID, words.STATUS),
    _rule(
        "wont",
        "commitment",
        r"\b(?:I|we|you)(?: will not|'ll not| won't)(?: be)? (?P<act>charg\w*|bill\w*|cancel\w*|lose)\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
    ),
)
"""In the order in which they are tried; of overlapping rewrites the first that fits names the sentence."""
