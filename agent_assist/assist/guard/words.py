"""The vocabulary that the guard's rules are built from: verbs of commitments, claims of acts, safe sentences."""

from __future__ import annotations

ADVERB = (
    r"(?:\s+(?:now|also|just|then|already|certainly|gladly|happily|definitely|personally|immediately|promptly|"
    r"quickly|absolutely|of course|be happy to|be glad to|be delighted to|be pleased to|be more than happy to|love "
    r"to|be sure to|go ahead and|be able to|need to|be))*"
)
WE = (
    r"\b(?:I|we)(?:'ll| will| shall|'m going to| am going to|'re going to| are going to|'d(?! like\b)|"
    r" would(?! like\b))"
)
LET = (
    r"\b(?:(?:please )?let me(?! know)|allow me to|I'm happy to|I am happy to|we're happy to|"
    r"(?:I|we)(?:'d| would) like to(?! put this right\b| make this right\b))"
)
# After "something" or "all" it says what one can, not that one will.
MAY = (
    r"(?<!if )(?<!whether )(?<!how )(?<!what )(?<!see )(?<!thing )(?<!all )(?<!where )(?<!else )(?<!that )(?<!way "
    r")(?<!so "
    r")(?<!as )(?<!time )(?<!ways )"
    r"\b(?:I|we) can"
)
CAN = r"(?<!if )(?<!whether )(?<!how )(?<!what )(?<!see )\b(?:I|we) can"
DONE = r"\b(?:I|we)(?:'ve| have)(?:\s+(?:now|also|just|already|since|personally|gone ahead and|successfully))*"
PAST = (
    # At the head of each line, not across lines: a run of empty ones would be searched once from each.
    r"(?:^[^\S\n]*|(?<=[.!?,;])\s*|\b(?:and|but|so|as)\s*)(?:I|we)"
    r"(?:\s+(?:just|already|also|personally|have|went ahead and|managed to))*"
)

MONEY = (
    r"(?:(?:refund|reimburs|credit|compensat|waiv|discount|repay|pay you|deduct|revers(?:e|ing)\b|absorb)\w*|"
    r"cover\b(?=[^.!?\n]{0,30}\b(?:cost|fee|charge|shipping|postage|return|price|difference|bill|damage|expense))|"
    r"pick up the (?:cost|bill|tab)|(?:knock|tak)\w*(?=[^.!?\n]{0,15}(?:[%$€£\d]|percent|something|a "
    r"bit)[^.!?\n]{0,15} off\b))"
)
GIVE = (
    r"(?:(?:give|giv|offer|issu|process|grant|provid|initiat|arrang|mak|apply|sort|get|authori[sz]|add|secur|"
    r"manag)\w*|do|"
    r"throw in)"
)
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
    r"upgrad|add|process|issu|apply|arrang|schedul|book|reserv|initiat|sort|put(?! (?:it|that|this) (?:another way|"
    r"differently|plainly|simply|together))|plac(?:e|ing)|adjust|extend|delet|"
    r"honou?r|prioriti|expedit|rush|speed|rectif|repair|install|block|approv|authori[sz]|set up|creat|grant|order|"
    r"complet|make (?:an exception|it|this|things|that|up)|stop (?:the|your|this|any) (?:pay|charg|order|ship|"
    r"deliver|subscr)|address (?:it|this|that|your)|archiv|pop|start (?:the|your|a)\b|"
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
    r"consulted|shared|responded|replied|amended|been in (?:contact|touch)|let (?:our|the|my)|had a (?:word|chat|"
    r"talk) with|"
    r"got(?:ten)? (?:hold of|through to)|left a (?:note|message)|had (?:it|this|that|your \w+) \w+ed|secured|"
    r"obtained|granted|honou?red|upgraded|waived)"
)
PAST_ACTS = (
    r"(?:refunded|reimbursed|credited|issued|processed|escalated|checked|contacted|arranged|cancelled|canceled|sent|"
    r"forwarded|passed|raised|opened|reported|spoke|confirmed|applied|requested|submitted|updated|reset|removed|"
    r"initiated|notified|informed|reached out|looked|reviewed|investigated|fixed|resolved|shipped|scheduled|booked|"
    r"verified|replaced|dispatched|filed|logged|asked|called|emailed|had a (?:word|chat|talk) with|got (?:hold of|"
    r"through to)|"
    r"put (?:a|an|it|this|in|through)|left a (?:note|message)|waived|added|removed|made|upgraded|secured)"
)
SAFE_PAST = (
    r"(?:received|noticed|missed|wanted|hoped|needed|failed|appreciated|used|dropped|messed|caused|delayed|"
    r"disappointed|"
    r"mishandled|ignored|overlooked|underestimated|asked you|promised|apologi[sz]ed|agreed|assumed|mentioned|explained|"
    r"treated|enjoyed|learned|liked|added to|wished|wondered|sounded|seemed|need|feed|speed|helped)"
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
    r"reported|raised|investigated|reset|completed|returned|reimbursed|expedited|extended|upgraded|renewed|collected|"
    r"prioriti[sz]ed|taken care of|dealt with|handled|put right|granted|agreed|authori[sz]ed)"
)
THING = (
    r"(?:refund|order|package|parcel|replacement|money|credit|account|issue|problem|payment|delivery|item|everything|"
    r"matter|charge|subscription|fee|case|compensation|claim|voucher|complaint|request|ticket)s?"
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
HEARD = "Thank you for telling me what this has been like."

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

AILMENT = (
    r"(?:slipped dis[ck]|strain|sprain|concussion|infection|allerg(?:y|ic reaction)|fracture|migraine|inflammation|"
    r"rash|burnout|depression|panic attack|food poisoning|fever|flu|virus|side effect|sciatica|pulled muscle)s?"
)
# What a commitment is about: one of these in it must be one of the agent's own words.
BOUND = (
    r"(?:refund|replac|reimburs|credit|vouch|discount|coupon|gift|full|whole|free|partial|double|manag|supervis|"
    r"technic|"
    r"engin|couri|tomor|today|tonight|immed|new|upgrad|compens|waiv|extra|next)"
)
CONDITION = r"\b(?:if|once|when|unless|until|after|as soon as|provided|subject to|in case)\b"
DEED = (
    r"(?:refund|reimburse|credit|compensate|cancel|replace|re-?send|re-?ship|ship|dispatch|waive|escalate|expedite|"
    r"send (?:you |out )?(?:a|an|the|your|another|one)\b(?! (?:link|note|message|dm\b|list|few))|call you|ring you|"
    r"phone you|"
    r"issue|process|arrange|upgrade|unlock|reset|put you through|get (?:it|this|that|you|your \w+) (?:\w+ )?\w+ed)"
)

# What an agent may say to do without binding the site; every other "I'll ..." does bind it.
SAFE_VERB = (
    r"(?:look|check|double-check|see|find|get (?:back|to)|keep|let you|stay|be|read|explain|help|assist|try|need|"
    r"tell|write|"
    r"reply|answer|respond|walk|guide|go (?:through|over|back|from|on|into)|review|work|do (?:my|our|what|that|this|"
    r"it|some|so)|make sure|"
    r"want|love|like|appreciate|understand|know|have (?:to|an?|more|the answer|another)|continue|follow up|message|"
    r"update you|"
    r"wait|listen|take (?:a|another|the|my|(?:this|it|that)(?! up)|you|care to|note|some)|start|begin|ask|leave|"
    r"hope|remember|"
    r"note|"
    r"assume|suggest|recommend|come back|point|show|clarify|confirm|send (?:you|over)|give you|share|dig|stop|admit|"
    r"say|"
    r"put (?:it|that|myself)|never|not|only|think|imagine|hear|feel|also|miss|gather|sum|compare|learn|figure|trace|"
    r"track|"
    r"search|investigate|use|treat|pay attention|add (?:that|one|to that)|honestly|rather|prefer|choose|have been|"
    r"otherwise|meet|talk|speak|recheck|relay|describe|lead|outline|list|repeat|summari[sz]e|mention|welcome|thank|"
    r"spare|picture|advise|request you|troubleshoot|quote|discuss|run (?:a|the|this) (?:\w+ )?(?:test|check)|hate|"
    r"compare|note|establish|examine|set "
    r"(?:the|this|that|it|everything|aside)|pick (?:this|it|"
    r"that) up|"
    r"carry|earn|get (?:straight|to)|skip|at least|do the (?:next|rest)|"
    r"end|finish|handle|consider|focus|own|apologi[sz]e|agree|accept|join|pick (?:this|it|that) up|bring (?:this|it|"
    r"that)|"
    r"hold on|test|open (?:it|the)|view|pull up|go ahead)"
)
ADVERB_ALONE = (
    r"(?:now|also|just|then|already|certainly|gladly|happily|definitely|personally|immediately|promptly|quickly|"
    r"absolutely|of|"
    r"always|still|first|\w+ly)"
)
SAFE_DOING = (
    r"(?:check|double-check|look|read|go|try|ask|work|hop|think|writ|listen|be|talk|see|wonder|stay|keep|mak|help|"
    r"follow|do|"
    r"learn|hav|miss|assum|find|send|tak|glad|will|hear|tell|say|start|begin|us|review|investigat|chas|search|trac|"
    r"track|"
    r"com|stand|giv|shar|interest|amaz|suggest|recommend|wait|get|hold|lack|chatt|feel|offer|mean|sitt|deal|handl|"
    r"focus|putt|await|experienc|monitor|gett|compar|not|establish|examin|sett|pick|carry|treat|weigh|gather|match|"
    r"count|clear|rul|"
    r"narrow|"
    r"open|"
    r"puzzl|piec)ing"
)
SAFE_DONE = (
    r"(?:prohibited|observed|read|seen|heard|understood|noted|got|received|been|not|never|had|no|only|missed|failed|"
    r"wanted|"
    r"hoped|"
    r"learned|noticed|"
    r"mentioned|explained|caused|kept|made (?:this|you|it)|put you|let you|worked|needed|listed|linked|attached|"
    r"enjoyed|"
    r"an?|the|your|to|all|every|one|some|more|nothing|everything|what|just|really|always|already|now|also|gone through|"
    r"messed|dropped|disappointed|delayed|ignored|overlooked|mishandled|confused|told you|tried|done|given|left you|"
    r"lost)"
)
