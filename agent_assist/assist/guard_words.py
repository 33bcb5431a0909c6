"""The vocabulary that the guard's rules are built from: verbs of commitments, claims of acts, safe sentences."""

from __future__ import annotations

ADVERB = (
    r"(?:\s+(?:now|also|just|then|already|certainly|gladly|happily|definitely|personally|immediately|promptly|"
    r"quickly|absolutely|of course|be happy to|be glad to|be sure to|go ahead and|be able to|need to|be))*"
)
WE = (
    r"\b(?:I|we)(?:'ll| will| shall|'m going to| am going to|'re going to| are going to|'d(?! like\b)|"
    r" would(?! like\b))"
)
LET = r"\b(?:(?:please )?let me|allow me to|I'm happy to|I am happy to|we're happy to|(?:I|we)(?:'d| would) like to)"
CAN = r"(?<!if )(?<!whether )(?<!how )(?<!what )(?<!see )\b(?:I|we) can"
DONE = r"\b(?:I|we)(?:'ve| have)(?:\s+(?:now|also|just|already|since|personally|gone ahead and|successfully))*"
PAST = r"(?:^|(?<=[.!?,;\n])|\b(?:and|but|so|as))\s*(?:I|we)(?:\s+(?:just|already|also|personally|have))*"

MONEY = r"(?:refund|reimburs|credit|compensat|waiv|discount|repay|pay you|deduct|revers(?:e|ing)\b)\w*"
GIVE = r"(?:give|giv|offer|issu|process|grant|provid|initiat|arrang|mak|apply|sort|get|authori[sz]|add|secur)\w*"
MONEY_NOUN = r"(?:refund|credit|compensation|reimbursement|discount|voucher|gift card|money back|coupon|free)"
SEND = r"(?:replac|re-?send|ship|re-?ship|dispatch|exchang|deliver|mail|send|sent|post)\w*"
NOT_SENT = (
    r"(?!\s+(?:over\s+)?(?:(?:you|me|us)\s+)?(?:a |the |some |through )?(?:link|note|message|dm\b|details|steps))"
)
STOP = r"(?:cancel|terminat|clos(?:e|ing)\b|suspend)\w*"
RING = r"(?:call(?:ing)?|ring|phone|telephone|e-?mail(?:ing)?|text|visit)"
HAND_ON = (
    r"(?:escalat|forward|rais(?:e|ing)|pass(?:ing)?\b|report|flag|transfer|hand(?:ing)? (?:this|it|you) over|contact|"
    r"reach(?:ing)? out|speak|talk|notify|inform|alert|chas(?:e|ing)|submit|fil(?:e|ing)\b|log(?:ging)?\b|"
    r"open(?:ing)?\b|involv|share (?:the|this|your|that)|ask (?:someone|our|the|my|a)|follow(?:ing)? up with (?!you)|"
    r"let (?:our|the|my) \w+ know)\w*"
)
FIX = (
    r"(?:fix|resolv|solv|correct|remov|updat(?:e|ing) (?:your|the)|chang|reset|unlock|restor|reactivat|activat|"
    r"upgrad|add|process|issu|apply|arrang|schedul|book|reserv|initiat|sort|put|plac(?:e|ing)|adjust|extend|delet|"
    r"honou?r|prioriti|expedit|rush|speed|rectif|repair|install|block|approv|authori[sz]|set up|creat|grant|order|"
    r"complet|make (?:it|this|things|that|up)|address (?:it|this|that|your)|archiv|pop|start (?:the|your|a)\b|"
    r"begin (?:the|process)|do everything|take care of|get (?:this|it|that|you(?! (?:pointed|headed|started|to the|"
    r"the right|back (?:on|up)))|someone|your|a (?!better|clearer|sense|full picture))|have (?:someone|our|your|"
    r"(?:an?|the) (?:\w+ )?(?:team|manager|colleague|specialist|engineer|replacement|new)|(?:this|it|"
    r"that) (?:\w+ )?(?:\w+ed|sent|fed|sorted))\b|make sure(?! (?:to|I|that I|we understand)\b)|"
    r"(?<!can )(?<!me )see (?:that|to it|you get)|ensure(?! I\b))\w*"
)
ACTS = (
    r"(?:refunded|reimbursed|credited|compensated|waived|issued|processed|escalated|asked|checked|contacted|arranged|"
    r"cancelled|canceled|sent|forwarded|passed|raised|opened|reported|spoken|spoke|confirmed|applied|requested|"
    r"submitted|updated|reset|removed|added|initiated|notified|informed|reached out|looked|reviewed|investigated|"
    r"found|fixed|resolved|placed|shipped|scheduled|booked|verified|replaced|dispatched|made|filed|logged|created|"
    r"changed|corrected|alerted|flagged|transferred|called|emailed|e-mailed|messaged|tried|tested|located|restored|"
    r"unlocked|activated|extended|approved|prioriti[sz]ed|expedited|taken care|taken steps|started|begun|assigned|"
    r"set up|put|run|pulled up|double-checked|adjusted|ordered|delivered|closed|deleted|blocked|completed|discussed|"
    r"consulted|shared|responded|replied|amended|been in (?:contact|touch)|let (?:our|the|my))"
)
PAST_ACTS = (
    r"(?:refunded|reimbursed|credited|issued|processed|escalated|checked|contacted|arranged|cancelled|canceled|sent|"
    r"forwarded|passed|raised|opened|reported|spoke|confirmed|applied|requested|submitted|updated|reset|removed|"
    r"initiated|notified|informed|reached out|looked|reviewed|investigated|fixed|resolved|shipped|scheduled|booked|"
    r"verified|replaced|dispatched|filed|logged|asked|called|emailed)"
)
HELPER = (
    r"(?:(?:our|the|my|a|an|another)\s+(?:\w+\s+){0,3}?(?:team|manager|supervisor|department|specialist|colleague|"
    r"agent|advis[eo]r|engineer|technician|driver|courier|warehouse|representative|expert|member)s?|someone|somebody)"
)
CUE = r"\b(?:order|ticket|case|ref(?:erence)?|number|booking|confirmation|tracking|invoice|claim|id|no\.?)"
MAY_NOT = (
    r"(?: can't| cannot| can not| can| may not| may| not allowed to| aren't allowed to| allowed to| not able to| could|"
    r" couldn't| mustn't| must not| don't have to| won't be able to)(?: also| always| legally)?"
)
BY_RIGHT = (
    r"(?:dispute|sue|withhold|charge ?back|refuse to pay|reverse the (?:charge|payment)|stop the payment|"
    r"claim (?:compensation|damages|the money))"
)
OWED = (
    r"(?:refund(?:ed)?|reimburs(?:ed|ement)|credit(?:ed)?|compensat(?:ed|ion)|replacement|money back|package|parcel|"
    r"order|item|delivery|new \w+|discount|voucher|full)"
)

# In the same clause, in front of a claim: what is asked, awaited or hoped for is not said to be so.
UNLESS_ASKED = (
    r"\b(?:if|whether|once|when|until|till|unless)\b|"
    r"\b(?:before|after|as soon as|in case|hope|(?:make|making) sure|check(?:ing)?|ensure)"
    r"(?: (?:that|all|of|your|the|this|our))*\s*$"
)
# These speak of what the customer knows, so they excuse a claim only where a turn has made it.
ECHO = r"\b(?:sorry|understand|hear|heard|see|know|glad|happy|pleased|told|read|say|said|mention\w*|apologi\w+)\b"
CLAUSE = r"[,;:\u2013\u2014]|\s-\s|\b(?:and|but|so)\b"
# Where a customer says one of these of their trouble, "I'm glad it is resolved" repeats it.
MENDED = r"resolved|fixed|sorted|solved"
# Words of a clause that does not say its act is done.
DENIED = r"\b(?:not|never|no|\w+n't|cannot|if|when|until|unless|want\w*|wait\w*|yet|should|please)\b|\?"
GONE = r"(?:gone|went|going|goes) (?:out|through|back)|(?:is|are) (?:coming|headed|heading)\b|(?:is|are) with your bank"
ACTED = (
    r"(?:refunded|credited|processed|shipped|sent|delivered|issued|replaced|cancelled|canceled|resolved|fixed|waived|"
    r"reversed|dispatched|corrected|sorted|removed|escalated|forwarded|passed|approved|confirmed|updated|submitted|"
    r"reported|raised|investigated|reset|completed|returned|reimbursed|expedited)"
)
THING = (
    r"(?:refund|order|package|parcel|replacement|money|credit|account|issue|problem|payment|delivery|item|everything|"
    r"matter|charge|subscription|fee|case|complaint|request|ticket)s?"
)

REFUND = "I'm looking into the refund [confirm: what you can promise]."
CREDIT = "I'm looking into what we can do about the cost [confirm: what you can promise]."
REPLACE = "I'm looking into what can be sent to you [confirm: what you can promise]."
CANCEL = "I'm looking into the cancellation [confirm: what you can promise]."
POSTED = "I want to keep you posted [confirm: how and when]."
TEAM = "I'm checking who can take this further [confirm: who]."
LOOK = "I'm looking into what we can do here [confirm: what you can promise]."
STATUS = "I'm checking where this stands [confirm: status]."
SORRY = "I'm sorry that this happened."

BINDS = "A commitment that the conversation does not carry: confirm what you can promise first."
DID = "Says that something was done; nobody in the conversation has said so."

COMMITMENTS = (
    (
        "refund",
        rf"(?P<act>refund\w*|{GIVE}(?=\s+(?:(?:you|your|a|an|the|full|partial|for)\s+){{0,4}}refund))",
        REFUND,
    ),
    ("money", rf"(?P<act>{MONEY}|{GIVE}(?=\s+(?:[\w$€£.%]+\s+){{0,5}}?{MONEY_NOUN}\b))", CREDIT),
    ("send", rf"(?P<act>{SEND}){NOT_SENT}", REPLACE),
    ("cancel", rf"(?P<act>{STOP})", CANCEL),
    ("call", rf"(?P<act>{RING})\b(?=\s+(?:you|back|the|your|them|him|her|later|again))", POSTED),
    ("pass-on", rf"(?P<act>{HAND_ON})", TEAM),
    ("fix", rf"(?P<act>{FIX})", LOOK),
)

PRIVATE = (
    r"(?:passwords?|passcodes?|pass phrase|PIN\b(?: code| number)?|CVV|CVC|security code|(?:full |credit |debit |"
    r"bank )?card (?:number|details|information)|(?:credit|debit) card|bank (?:details|account|information)|"
    r"banking details|account and routing|routing number|sort code|IBAN|social security|SSN|one[- ]time (?:code|"
    r"password|passcode)|OTP|verification code|mother's maiden name|passport (?:number|details)|national insurance|"
    r"payment (?:details|information))"
)
ASKED = (
    r"(?:send|provide|share|give|tell|confirm|verify|enter|supply|need|require|reply with|dm|message|have|let (?:me|"
    r"us) know|what(?:'s| is| are)|ask (?:you )?for)"
)
OTHERS = (
    r"(?:bank|card (?:issuer|company|provider)|employer|boss|lawyer|attorney|solicitor|doctor|physician|hospital|"
    r"family|wife|husband|mother|father|parents|spouse|partner|landlord|insur(?:er|ance(?: company)?)|neighbou?rs?|"
    r"school|accountant|credit bureau|pharmac(?:y|ist)|building society)"
)
FEELING = (
    r"(?:disappointed|frustrated|angry|upset|furious|annoyed|fed up|unhappy|dissatisfied|waiting|sick of|tired of|"
    r"disgusted|outraged|livid|confused|irritated)"
)
