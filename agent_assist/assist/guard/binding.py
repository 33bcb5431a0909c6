"""What binds the site: commitments, and claims that something was done, unless an agent has said so."""

from __future__ import annotations

from agent_assist.assist.guard import words
from agent_assist.assist.guard.rule import Action, Kind, row

BINDING = (
    *(
        row(f"will-{name}", Kind.COMMITMENT, rf"{words.WE}{words.ADVERB}\s+{verb}", Action.REWRITE, words.BINDS, safe)
        for name, verb, safe in words.COMMITMENTS
    ),
    *(
        row(
            f"let-{name}",
            Kind.COMMITMENT,
            rf"(?:{words.LET}|{words.CAN}){words.ADVERB}\s+{verb}",
            Action.REWRITE,
            words.BINDS,
            safe,
        )
        for name, verb, safe in words.COMMITMENTS
        if name not in ("pass-on", "call")
    ),
    *(
        row(
            f"doing-{name}",
            Kind.COMMITMENT,
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
            (
                "pass-on",
                r"(?:escalating|forwarding|transferring|contacting|raising|passing|speaking|opening an?)",
                words.TEAM,
            ),
            (
                "fix",
                r"(?:processing|issuing|applying|crediting|arranging|scheduling|fixing|resolving|booking|waiving|"
                r"reversing|"
                r"prioriti[sz]ing|expediting|upgrading|extending|compensating|offering you|giving you|removing|"
                r"ordering|putting "
                r"(?:through|an?\b|it through|you through)|getting (?:you|someone|this \w+ed|it \w+ed|our)|"
                r"calling|updating your)",
                words.LOOK,
            ),
        )
    ),
    row(
        "you-will",
        Kind.COMMITMENT,
        rf"\byou(?:'ll| will| should| can| are going to)(?: also| then| soon| shortly)? (?:be (?P<act>refunded|"
        rf"credited|reimbursed|compensated|contacted|charged|called|notified|emailed|put (?:first|through|at the)|"
        rf"upgraded|covered)|"
        rf"expect (?:an?|the|your|our|to|"
        rf"it)|(?<!can )(?:find (?!it\b|them\b|this\b)|receive|get|(?<!should )have|"
        rf"see)\b(?:[^.!?\n]{{0,40}}\b{words.OWED}\b|"
        rf"\s+(?:it|this|them|one)\b(?! in)|[^.!?\n]{{0,30}}\b(?:within|by|e-?mail|call|response)\b))|(?:^|"
        rf"(?<=[.!?]\s))expect (?:an?|your|the|our)\b|(?<!if )\byou(?:'re| are)? (?:qualify|eligible)\b|"
        rf"(?:(?<!if )(?<!when )(?<!once )\byou(?:'re| are) (?:getting|receiving)\b|(?:^|(?<=[.!?,;:]\s)|"
        rf"\b(?:and|but|so) )you (?:get|receive) (?:an?|the|your|our)\b)[^.!?\n]{{0,30}}\b{words.OWED}\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
    ),
    row(
        "will-hear",
        Kind.COMMITMENT,
        r"\byou(?:'ll| will| should| can)(?: \w+ly| also| then| soon)? (?P<act>hear) (?:back|from)\b",
        Action.REWRITE,
        words.BINDS,
        words.POSTED,
        blank=True,
    ),
    row(
        "will-be",
        Kind.COMMITMENT,
        rf"\b(?:{words.THING}|it|this|that|they|which)\b(?:'ll| will| should(?! have)| is going to| is being)(?: "
        rf"\w+ly| soon|"
        rf" then| now)?(?: have)?(?: be(?:en)?)? (?P<act>{words.ACTED}|arrive|ship|be (?:with you|ready|there|"
        rf"on its way))\b|\byour (?:\w+ ){{1,3}}(?:is|are) being {words.ACTED}\b|"
        rf"\b(?:{words.THING}|it|this|they) (?:arrives?|ships?|gets (?:to you|there))\b"
        r"(?!\s+(?:with|from|to)\b)|\b(?:your|the|a|an) (?:[\w-]+ ){1,3}?(?:will|should|'ll) (?:soon |then |"
        r"now )?(?:be with you|"
        r"arrive|ship|reach you|be (?:there|ready|on its way|refunded|credited|delivered|shipped|sent|waived|"
        r"replaced|extended|"
        r"upgraded|collected|cancelled|canceled))\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        words.UNLESS_ASKED,
    ),
    row(
        "was-done",
        Kind.ACT,
        rf"\b(?:(?:{words.THING}|it|this|that|they)\b(?:'s| has| have)(?: already| now| just| also)? been|"
        rf"{words.THING}\b(?:'s| is| are| was| were)(?: already| now| all)?) (?P<act>{words.ACTED}|scheduled|"
        rf"complete)\b|\b(?:is|are) (?:already )?on (?:its|the|their) way\b|"
        rf"\b{words.THING}\b(?:'s| has| have| is| are)?(?: already| now| just)? (?:{words.GONE})\b|"
        r"\b(?:charge|fee|hold|block|debit|restriction)s? (?:is|are)(?: now| already)? (?:off|gone|lifted|cleared)\b|"
        r"(?:^|(?<=[.!?]\s))(?:it's |that's |it is |that is )?(?:now )?all (?:done|sorted|fixed|taken care of)\b",
        Action.REWRITE,
        words.DID,
        words.STATUS,
        words.UNLESS_ASKED,
    ),
    row(
        "others-said",
        Kind.ACT,
        r"(?<!you )(?<!you've )(?<!already )\b(?:(?:has|have) )?(?:told|informed|advised|assured) (?:me|us)\b|"
        rf"\b{words.HELPER} (?:has|have) (?:\w+ly |already |now )?{words.ACTED}\b",
        Action.REWRITE,
        words.DID,
        words.STATUS,
    ),
    row(
        "team-will",
        Kind.COMMITMENT,
        rf"\b{words.HELPER}(?: \w+ly)?(?:'ll| will| is going to| are going to|'s going to| is already| are already|"
        rf" is currently| are currently| has| have| is| are) (?:(?:now|also|then|soon|already|been|be|get|"
        rf"getting) ){{0,2}}(?P<act>contact|call|reach|email|get back|be in touch|in touch|working|look|investigat|"
        rf"review|fix|resolv|send|process|deliver|arrange|handle|assist|take|visit|come|respond|follow|check|"
        rf"confirm)\w*",
        Action.REWRITE,
        "Speaks for colleagues who have not said so.",
        words.TEAM,
    ),
    row(
        "have-done",
        Kind.ACT,
        rf"{words.DONE}\s+(?P<act>{words.ACTS})\b(?! (?:your (?:message|dm|note)|out that you))",
        Action.REWRITE,
        words.DID,
        words.STATUS,
    ),
    row("did", Kind.ACT, rf"{words.PAST}\s+(?P<act>{words.PAST_ACTS})\b", Action.REWRITE, words.DID, words.STATUS),
    row(
        "wont",
        Kind.COMMITMENT,
        r"\b(?:I|we|you)(?: will not|'ll not| won't| don't| do not)(?: be)?(?: (?:have|need) to)? "
        r"(?P<act>charg\w*|bill\w*|cancel\w*|lose|pay|owe)\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
    ),
    row(
        "on-us",
        Kind.GOODWILL,
        r"\b(?:this one|shipping|postage|delivery|return|repair|cost|bill|fee|ride|meal|next \w+)s?(?:'s| is| are|"
        r"'ll be| will be) "
        r"on us\b",
        Action.REWRITE,
        words.BINDS,
        words.CREDIT,
    ),
    row(
        "lets",
        Kind.COMMITMENT,
        rf"\blet's(?: just| go ahead and| first| quickly)* (?P<act>{words.DEED})",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
    ),
    # "I'll check the order and refund you": what comes after the first verb binds as well.
    row(
        "and-then",
        Kind.COMMITMENT,
        rf"(?:{words.WE}|{words.LET}|{words.CAN}|\b(?:I'm|I am|we're|we are) (?:looking|checking|going|working|"
        rf"happy|able)\b)"
        rf"(?:(?!\b(?:if|whether|when|once|how|know|cannot|can't|unable|you(?:.d| would| want| can| could| may|"
        rf" to))\b)[^.!?\n):]){{1,60}}?(?:,|\band\b|,? then\b) "
        rf"(?:also |then |to |I'll |we'll )*(?P<act>{words.DEED})\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        r"\b(?:if|whether)\b",
    ),
    # Whatever else is said to be done: what an agent may say without binding the site is a short list.
    row(
        "will-other",
        Kind.COMMITMENT,
        rf"{words.WE}(?:\s+{words.ADVERB_ALONE}\b)*+\s+(?!{words.SAFE_VERB}\b)(?P<act>[a-z]+)\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        blank=True,
    ),
    row(
        "let-other",
        Kind.COMMITMENT,
        rf"(?:{words.LET}|{words.MAY}|(?<!if )(?<!wish )(?<!thing )(?<!way )(?<!ways )\b(?:I|we) could)"
        rf"(?:\s+{words.ADVERB_ALONE}\b)*+\s+(?!{words.SAFE_VERB}\b)(?P<act>[a-z]+)\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        blank=True,
    ),
    row(
        "doing-other",
        Kind.COMMITMENT,
        rf"\b(?:I'm|I am|we're|we are)(?:\s+(?:now|also|just|already|"
        rf"currently))*\s+(?!{words.SAFE_DOING}\b)(?P<act>[a-z]+ing)\b"
        r"(?! (?:to|and able)\b)",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        blank=True,
    ),
    row(
        "done-other",
        Kind.ACT,
        rf"{words.DONE}\s+(?!{words.SAFE_DONE}\b)(?P<act>[a-z]+(?:ed|en|nt|pt|ght|id))\b",
        Action.REWRITE,
        words.DID,
        words.STATUS,
    ),
    row(
        "others-will",
        Kind.COMMITMENT,
        rf"\b{words.HELPER}(?: \w+ly)?(?:'ll| will| is going to| are going to)"
        r"(?: (?:now|also|then|soon|gladly)\b)* (?!need|know|see|understand|have to|want|ask|not|be "
        r"able)(?P<act>[a-z]+)\b",
        Action.REWRITE,
        "Speaks for colleagues who have not said so.",
        words.TEAM,
        blank=True,
    ),
    row(
        "there-will",
        Kind.COMMITMENT,
        r"\bthere(?:'ll| will| won't)(?: not)? be (?:any |no |an? )?(?:\w+ )?(?:charge|fee|cost|refund|delay|"
        r"payment|interest|"
        r"penalty|problem|replacement|credit)s?\b|\b(?:your|the) (?:\w+ )?(?:money|refund|credit|payment|amount) "
        r"(?:will|should|"
        r"is going to|'ll) (?:be|show|appear|land|come|go)\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        words.UNLESS_ASKED,
    ),
    row(
        "others-state",
        Kind.ACT,
        rf"\b{words.HELPER} (?:\w+ly |already |just )?(?P<act>says?|said|tells|told|confirm(?:s|ed)|promis(?:es|ed)|"
        rf"assur(?:es|ed)|agree[sd]|approve[sd]|has (?!not\b|no\b)(?:your|the|it|an?|just|already|\w+ed)\b|"
        rf"is (?:booked|scheduled|coming|on (?:the|its|their) way))(?! you\b)",
        Action.REWRITE,
        words.DID,
        words.STATUS,
        words.UNLESS_ASKED,
    ),
    row(
        "has-gone",
        Kind.ACT,
        r"\b(?:this|it|your \w+) (?P<act>has gone|went|goes|is going|was upheld|is upheld)\b(?: (?:out|up|straight|"
        r"back) ?)?"
        r"(?: to (?:our|the|my)\b)?(?<!went)(?<!goes)(?<!going)(?<!gone)",
        Action.REWRITE,
        words.DID,
        words.STATUS,
        words.UNLESS_ASKED,
    ),
    row(
        "did-other",
        Kind.ACT,
        rf"(?:^|(?<=[.!?]\s)|\band )I (?:just |already |also |personally )?(?!{words.SAFE_PAST}\b)(?P<act>[a-z]+ed)\b",
        Action.REWRITE,
        words.DID,
        words.STATUS,
    ),
    row(
        "and-we",
        Kind.COMMITMENT,
        rf"(?:,|\band|\bso|\bthen) we (?:then |also |just )?(?P<act>{words.DEED})\b",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
        words.UNLESS_ASKED,
    ),
    row(
        "for-free",
        Kind.GOODWILL,
        r"\b(?:your|the|this|next) (?:\w+ ){1,3}(?:is|are|will be|comes) (?:for )?(?:free\b(?! to| of| from)|"
        r"complimentary)",
        Action.REWRITE,
        words.BINDS,
        words.CREDIT,
        words.UNLESS_ASKED,
    ),
    row(
        "owe",
        Kind.COMMITMENT,
        r"(?<!least )\bwe owe you\b(?! (?:here|an? (?:\w+ )?(?:answer|explanation|apology|reply)))",
        Action.REWRITE,
        words.BINDS,
        words.LOOK,
    ),
)
"""In the order in which they are tried; of overlapping ones the first that fits names the sentence."""
