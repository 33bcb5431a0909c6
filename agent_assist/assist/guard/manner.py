"""The slips of manner: what no agent should say to anybody, whatever the conversation holds."""

from __future__ import annotations

from agent_assist.assist.guard import words
from agent_assist.assist.guard.rule import Action, Kind, row

MANNER = (
    row(
        "signature",
        Kind.SIGNATURE,
        r"(?:(?<=\s)|^|(?<=[.!?)\]]))(?:[\^~][ ]?[A-Za-z][A-Za-z.]{0,12}|[*/][A-Z]{1,3})(?![\w*/])",
        Action.STRIP,
        "A colleague's signature.",
    ),
    row(
        "signature-dash",
        Kind.SIGNATURE,
        r"(?:(?<=\s)|^|(?<=[.!?)]))[-\u2013\u2014]{1,2}[ ]?[A-Z][a-zA-Z]{0,14}\.?(?=\s*\Z)",
        Action.STRIP,
        "A colleague's signature.",
    ),
    row(
        "sign-off",
        Kind.SIGNATURE,
        r"(?:(?<=[.!?\n])|^)[ ]*(?:(?:(?:(?:Kind|Best|Warm|Warmest|Many)\s+)?[Rr]egards|Best wishes|Sincerely|"
        r"Yours(?: sincerely| truly| faithfully)?)\s*,?(?:\s+[A-Z][\w'-]{0,20}){0,3}\.?(?=\s*\Z)|(?:Best|Cheers|"
        r"Thanks|Thank you)\s*,?\s*[\n,]\s*[A-Z][\w'-]{0,20}(?:\s[A-Z][\w'-]{0,20}){0,2}\.?(?=\s*\Z))",
        Action.STRIP,
        "A name under the message: sign it yourself.",
    ),
    row(
        "part",
        Kind.SIGNATURE,
        r"(?:^|(?<=\s))\(?[1-9]/[1-9]\)?(?=\s*(?:\Z|[\^*/~-]))|^\(?[1-9]/[1-9]\)?(?=\s+[A-Za-z])",
        Action.STRIP,
        "The number of a part of a split message.",
    ),
    row("handle", Kind.HANDLE, r"(?<![\w.])@\w{1,50}[:,]?", Action.STRIP, "A handle copied from the channel."),
    # With a digit it is a number of something ("#A1234567"), which the conversation carries or not.
    row("hashtag", Kind.HASHTAG, r"(?<![\w&])#(?![\w-]{0,80}\d)[^\W\d]\w{0,80}", Action.STRIP, "A hashtag."),
    row(
        "leak-token",
        Kind.LEAK,
        r"<\|.{0,40}|\|>|\bim_(?:start|end)\b|\[/?INST\]|<</?SYS>>|</?s>|```|\{\s*\"|<(?:/?\w+)>",
        Action.DROP,
        "Text of the machinery, not for a customer.",
    ),
    row(
        "leak-talk",
        Kind.LEAK,
        r"\bas an? (?:AI|artificial)\b|\b(?:I'm|I am) an? (?:AI|bot|assistant|language|chatbot|virtual)\b|"
        r"language model|system prompt|\bJSON\b|\bmy (?:instructions|prompt|training)\b|\bsystem (?:notice|message|"
        r"instruction)s?\b|\byou(?:'re| are) an? (?:AI|bot|assistant|"
        r"language model)\b|\bsecret word\b|\b(?:previous|prior) instructions\b|\bI (?:was|am|have been) "
        r"(?:instructed|programmed|trained|prompted)\b|\bthe prompt\b|\bchat ?gpt\b|"
        r"\bopenai\b|\bhand-?off note\b|\bassistant:",
        Action.DROP,
        "Text of the machinery, not for a customer.",
    ),
    row(
        "leak-role",
        Kind.LEAK,
        r"(?:^[^\S\n]*|(?<=[.!?])\s*)(?:agent|assistant|customer|note|hint|strategy|user|system|bot|reply|response|"
        r"answer|draft|option)(?: \d| to the \w+)?\s*:",
        Action.DROP,
        "A speaker's label inside a message.",
    ),
    row(
        "report",
        Kind.REPORT,
        r"\b(?:the|this|our) (?:customer|user)(?!s?\s+(?:service|care|support|relations|experience|success|team|"
        r"guide|manual|interface|agreement|account|settings|id|portal|forum|community|name))(?:'s)?\b(?!s)|"
        r"\bthe (?:agent|representative)\b(?!'?s?\s+(?:you|who|that|on|at|from))|\bthe customer's\b|\b(?:this|"
        r"the) (?:reply|response) (?:should|validates|acknowledges|shows|aims|must)\b|(?:^|(?<=[.!?]\s))(?:(?:the |"
        r"this |our )?"
        r"(?:client|buyer|caller|shopper)|customer) "
        r"(?:is|was|has|had|wants|needs|says|said|asks|asked|complains|reports|states|feels|would|called|contacted)\b",
        Action.DROP,
        "Reports on the customer instead of speaking to them.",
    ),
    row(
        "voice-feeling",
        Kind.VOICE,
        rf"\b(?:I(?:'m| am| was|'ve been| have been| feel)|I'm getting) (?:(?:really|so|very|extremely|quite|just|"
        rf"also|still|absolutely|deeply|pretty|incredibly|completely|totally|increasingly|a bit|currently|"
        rf"now) ){{0,3}}{words.FEELING}\b",
        Action.DROP,
        "The customer's feeling in the agent's mouth.",
    ),
    row(
        "voice-mine",
        Kind.VOICE,
        r"(?:(?-i:\b(?:my|MY))|(?:^|(?<=[.!?\n]\s))my) (?:(?:own|last|new|recent|online|whole|previous|current) "
        r")?(?:orders?|refunds?|cards?|bank|account|"
        r"money|packages?|parcels?|deliver(?:y|ies)|bill|purchase|subscription|flights?|bookings?|payments?|internet|"
        r"phone|computer|laptop|device|app|wife|husband|kids?|house|replacement|issue|problem|complaint|item|product|"
        r"reservation|luggage|bag|password)\b",
        Action.DROP,
        "The customer's belongings in the agent's mouth.",
    ),
    row(
        "voice-wants",
        Kind.VOICE,
        r"\bI (?:just |really |still |also )?(?:want|need|demand|expect|would like|deserve)(?: to (?:get|have|cancel|"
        r"return|receive|speak))? (?:a|an|my|the|some) (?:full |immediate |partial )?(?:refund|replacement|money|"
        r"answer|explanation|compensation|manager|supervisor|new|credit|response|solution)\b|\bI'd like (?:a|"
        r"my) (?:refund|replacement|money)|\bI just want(?:ed)? (?:my|it|this|the|to (?:know (?:where|when|why)|get|"
        r"speak|talk|cancel|return))\b|\bI (?:will |would |'ll )?never (?:again )?(?:order|shop|buy|book|fly|come|use|"
        r"deal|do business)\b|\bI(?:'m| am) a (?:paying|loyal|long[- ]time) customer\b|\bI deserve\b|\bI (?:just |"
        r"really )?(?:want|need|demand|wish|would like) to (?:speak|talk) (?:to|with) (?:an?|your|the|someone)\b|"
        r"\bI(?:'d| would) like my\b|\bI(?:'ve| have) had enough\b|"
        r"\byou (?:people|lot)\b|\b(?:ruined|wasted) my\b",
        Action.DROP,
        "The customer's demand in the agent's mouth.",
    ),
    row(
        "voice-story",
        Kind.VOICE,
        r"\bI(?:'ve| have) been (?:waiting|charged|trying|on hold|told|without|a customer|overcharged|billed|"
        r"having)\b|\bI (?:was|got) (?:charged|told|billed|overcharged|promised)\b|\bI (?:bought|purchased|paid|"
        r"ordered)\b|\bI (?:never|still haven't|haven't|have not|didn't) (?:received|receive|got|gotten|ordered|"
        r"get)\b|\bI (?:called|rang|phoned|emailed|e-mailed|wrote|messaged|complained)(?: you)? (?:twice|thrice|"
        r"\w+ times|again|last|yesterday|three|two)\b|\bI can(?:'t|not) (?:work|live|sleep|wait any|afford)\b",
        Action.DROP,
        "The customer's story in the agent's mouth.",
    ),
    row(
        "voice-plea",
        Kind.VOICE,
        r"\b(?:please|can you|could you) (?:help me (?:with|out|get|please)|refund me)\b|\bto whom it may concern\b|"
        r"\bdear (?:sirs?|support|customer (?:service|support|care)|team)\b|\bI hope you can (?:help|assist)\b|"
        r"\b(?:I would|I'd) like to (?:request|return|complain|file|dispute|speak to)\b",
        Action.DROP,
        "The customer's request in the agent's mouth.",
    ),
    row(
        "overreach",
        Kind.OVERREACH,
        rf"\b(?:I|we)(?:'ll|'ve|'m|'re| will| can| have| could| shall| am| are)\b[^.!?\n]{{0,40}}\b(?:contact|call|"
        rf"ring|reach|notify|inform|speak|talk|ask|write|phone|email|tell|liais|deal|work|have a (?:word|chat|"
        rf"talk))\w*(?:\s+(?:out|directly|"
        rf"to|with|from))*\s+(?:your|their|his|her|the) (?:\w+ )?{words.OTHERS}\b|"
        r"\bI(?:'ll| will| can| could)\b[^.!?\n]{0,20}\b(?:come (?:by|over|round|to your)|stop by|drop by|drive|"
        r"bring (?:it|"
        r"you|them|one|the)|pay (?:it|this|for \w+) (?:myself|out of)|lend you|fly (?:out|over))\b",
        Action.DROP,
        "An act that no agent can do for a customer.",
    ),
    row(
        "promise",
        Kind.PROMISE,
        r"\b(?:I|we)(?: can| do| will|'ll)? (?:promise|assure|swear|vow)\b|\bguarantee|\brest assured\b|\b(?:my|"
        r"our) (?:\w+ )?(?:word|promise) (?:on|that|to you)\b|\bmy (?:personal )?(?:word|promise)\b|\b(?:can't|"
        r"cannot) (?:possibly )?"
        r"(?:go wrong|fail)\b|\btrust me\b|"
        r"\bbe assured\b|\b(?:will|won't|shall) (?:never|not) happen again\b|\b(?:won't|never|not) (?:let (?:this|"
        r"that|it) )?happen again\b|\bimpossible (?:that|for it)\b|"
        r"\bnever happens? again\b|\bdoesn't happen again\b|\bno matter what\b|\bwithout fail\b|\bconsider (?:it|"
        r"this|that|yourself) (?:done|\w+ed)\b|\bthere(?:'s| is) no (?:way|chance|risk)\b(?! to\b)|\b(?:count|rely|"
        r"bank) on "
        r"(?:it|this|that|the)\b|\bwithout (?:a |any )?doubt\b|\b(?:100 ?%|hundred percent|absolutely) (?:sure|certain|"
        r"positive|guaranteed)\b|\b(?:is|are) (?:certain|sure|bound) to\b|\bwill (?:definitely|absolutely|certainly|"
        r"surely)\b",
        Action.DROP,
        "A promise that nobody can keep for certain.",
    ),
    row(
        "promise-goodwill",
        Kind.GOODWILL,
        r"\b(?:gesture of goodwill|goodwill gesture|free of charge|at no (?:extra |additional )?(?:cost|charge)|"
        r"on the house|half[- ]price|full refund is)\b",
        Action.REWRITE,
        words.BINDS,
        words.CREDIT,
    ),
    row(
        "secret",
        Kind.PRIVATE,
        rf"(?<!never )(?<!not )(?<!n't )\b{words.ASKED}\b(?:(?!\b(?:reset|resett?ing|chang\w+|updat\w+|forgot\w*|"
        rf"never|not|last|link|new)\b)[^.?!\n]){{0,60}}?\b{words.PRIVATE}|\bdigits on the back\b|"
        r"\b(?:pictures?|photos?|copy|scan|screenshots?) of (?:your|the) (?:bank|credit|debit|id\b|passport|"
        r"\w+ card)",
        Action.DROP,
        "Asks for a secret that no agent should be told.",
    ),
    row(
        "legal",
        Kind.ADVICE,
        rf"\byou(?:'re| are)?{words.MAY_NOT} {words.BY_RIGHT}\b|"
        r"\b(?:lawyers?|attorneys?|solicitors?|legally|by law|lawsuit|small claims|legal (?:action|advice|rights?|"
        r"claim|recourse)|statutory|consumer rights? act|consumer protection|against the law|illegal|unlawful|"
        r"breach of|press charges|sale of goods|"
        r"the law(?! firm)|in court|obliges? us|obligated|contractually|consumer law|warranty law|gdpr|the courts?|"
        r"ombudsman)\b|\b(?:on|from|"
        r"against) your tax(?:es)?\b|"
        r"\btax[- ]deductible\b|"
        r"\byou(?:'re| are) entitled\b|\byou (?:should|could|can|may|might want to|have the right to) (?:sue|"
        r"take (?:them|us|it) to court|seek damages|get a lawyer|consult)|\bunder (?:\w+ ){0,2}law\b|\byour rights\b|"
        r"\byou have (?:the|no|every) right\b",
        Action.DROP,
        "Reads as legal advice.",
    ),
    row(
        "medical",
        Kind.ADVICE,
        r"\b(?:dose|dosage|diagnos(?:is|ed)|ibuprofen|paracetamol|aspirin|prescri(?:be|ption)\w*|antibiotics?)\b|"
        r"\b(?:take|taking|increase|reduce|try)\b[^.!?\n]{0,30}\b(?:mg|tablets?|pills?|medication|medicine|"
        r"painkillers?)\b|"
        rf"\b(?:sounds?|looks?|seems?) (?:to me )?like [^.!?\n]{{0,25}}\b{words.AILMENT}\b|\b(?:probably|likely|"
        rf"might be|may be|"
        rf"could be|must be|it's|it is|that's|that is)[^.!?\n]{{0,20}}\b{words.AILMENT}\b|\bnothing serious\b|"
        r"\b(?:put|apply|use) (?:some |an )?(?:ice|heat|cream|ointment|ice pack)\b|"
        r"\b(?:pain|ache|headache)s? (?:\w+ )?(?:is|comes|are) (?:\w+ )?(?:likely|probably|caused|from|due)\b|"
        r"\brelaxants?\b|"
        r"\bointments?\b|\bantihistamines?\b",
        Action.DROP,
        "Reads as medical advice.",
    ),
    row(
        "liability",
        Kind.LIABILITY,
        r"\b(?:(?:was|is|were|are|entirely|completely|all) (?:our|my) (?:own )?fault|our negligence|"
        r"we were negligent|(?:fully |legally )?liable|(?:accept|admit|take)s? (?:full |legal )?(?:liability|blame)|"
        r"legally responsible)\b",
        Action.REWRITE,
        "An admission of liability: be sorry without ruling on blame.",
        words.SORRY,
    ),
    row(
        "blame",
        Kind.BLAME,
        r"\byou (?:should(?:n't| not)?|ought to) have (?:\w+ed|been|done|read|known|told|taken|sent|kept|gone|said|"
        r"made|given)\b|\b(?:is|was|'s) your (?:own )?(?:fault|mistake|responsibility|problem)\b|\byou (?:failed|"
        r"neglected|forgot|refused) to\b|\byou (?:didn't|did not) (?:read|follow|check|listen|provide|bother|"
        r"understand)\b|\bif you(?: had|'d) (?:read|"
        r"followed|checked|told|only|looked|given|been)\b|\byour own fault\b|\bbecause you (?:(?:have |"
        r"had )?(?:entered|typed|"
        r"gave|chose|picked|selected|ordered|put in|clicked|signed up|forgot|missed|ignored|failed)|didn't (?!get|"
        r"receive|hear|have)|did not (?!get|receive|hear|have))|\byou must have (?:\w+ )?(?:typed|entered|missed|made|"
        r"overlooked|misread|misunderstood|forgotten|clicked|selected|chosen|given|deleted|lost|dropped)\b|"
        r"\b(?:mistake|error|fault|blame|responsibility) (?:was|is|lies) (?:\w+ )?(?:on|at|with) (?:you\b|your )|"
        r"(?<!not )\b(?:that|this|it|which)(?:'s| is| was) on you\b|\byou (?:clearly|obviously|apparently|"
        r"simply) (?!need|have to|"
        r"deserve)|\byou (?:ordered|entered|chose|selected|typed|picked|gave|booked|bought|provided|used|sent) "
        r"(?:us )?(?:the |"
        r"an? )?"
        r"(?:wrong|incorrect)\b|\bas you would know\b|(?:^|(?<=[.!?,]\s))had you (?!a\b|an\b|the\b|any\b)\w+|"
        r"\byou (?:misread|misunderstood|misheard|mistyped|overlooked|ignored|missed the (?:deadline|instructions|"
        r"e-?mail|message))\b|\byour own (?:doing|choice to)\b|\bnext time,? (?:please "
        r")?(?:read|check|be|don't|do not|pay)\b",
        Action.DROP,
        "Blames the customer.",
    ),
    row(
        "dismissive",
        Kind.DISMISSIVE,
        r"\bcalm down\b|\b(?:as|like) (?:I|we)(?:'ve| have)? (?:already |previously )?(?:said|told|mentioned|stated|"
        r"explained)\b|\bas (?:already|previously) (?:said|stated|mentioned|explained)\b|\bjust relax\b|"
        r"\bget over it\b|\bdeal with it\b|\bnot (?:my|our) problem\b|\boverreact|\bthere(?:'s| is) nothing (?:I|we|"
        r"more|else)\b|\bno need to (?:be|get|shout|yell)\b|\byou need to (?:understand|calm|be patient|realise|"
        r"realize)\b|\bsorry (?:that |if )?you feel (?:that|this) way\b|\bobviously\b|\bnot a big deal\b|"
        r"\bit(?:'s| is) only an?\b|\bit(?:'s| is) just an? (?!few|couple|moment|matter|question|quick|second|"
        r"minute|step|"
        r"case|tap|click|short)|\b(?:other|most|no other) customers? (?:don't|do not|never|have no|has|are fine|seem)|"
        r"\b(?:just|simply) have to (?:just )?(?:wait|be patient|accept|live with)\b|\bhave to be (?:more )?patient\b|"
        r"\bno (?:reason|need|point) (?:to be|to get|in being|in getting) (?:so )?(?:angry|upset|rude|annoyed)\b|"
        r"\bmaking (?:such )?an? (?:fuss|scene|big deal|drama)\b|\b(?:could|might) be worse\b|\b(?:stop|keep) "
        r"complaining\b|\bevery(?:one|body) (?:else )?(?:has to|must|needs to) wait\b|"
        r"\bnot (?:my|our) (?:fault|mistake|responsibility)\b|\bnobody else (?:has|had|complain)|\bwhat do you "
        r"expect\b",
        Action.DROP,
        "Waves the customer's trouble away.",
    ),
    row(
        "false-empathy",
        Kind.FEELINGS,
        r"\b(?:I|we) (?:(?:do|really|truly|completely|totally|fully|absolutely|perfectly|certainly|can|just|so|"
        r"also) ){0,3}"
        r"(?:know|understand|get) (?:(?:exactly|just|precisely|only too well) )?(?:how you(?:'re| are|"
        r" must be)? feel(?:ing)?|"
        r"what you(?:'re| are|'ve been| have been) (?:going|gone|been) through|what (?:that|this|it)(?:'s| is|"
        r" feels) like|"
        r"how (?:that|this|it) feels)\b|\bI (?:can |do |truly |really )?(?:feel|share) your (?:pain|frustration|anger|"
        r"disappointment|stress|annoyance)\b|\bI(?:'ve| have) (?:(?:also|personally|all) )?been (?:there|"
        r"in your (?:shoes|"
        r"situation|position)|through (?:this|that|it|the same))\b(?! to\b)|\b(?:the |this )?(?:very )?same(?: thing)?"
        r"(?: has| also)? happened to me\b|\bI(?:'m| am) (?:just )?as (?:angry|upset|frustrated|disappointed|"
        r"annoyed) as you\b|"
        r"\bI(?:'ve| have) (?:also |often )?felt (?:exactly |just )?(?:the same|that|this|like that)\b|"
        r"\bI know (?:this|that|the) (?:feeling|situation)\b|\bhappened to me (?:too|as well|once|before)\b",
        Action.REWRITE,
        "Claims to know from inside what the customer feels: nobody can.",
        words.HEARD,
    ),
    row(
        "own-feelings",
        Kind.FEELINGS,
        r"\bI(?:'m| am| feel)(?: \w+ly| so| very| a bit)? (?:stressed|overwhelmed|tired|exhausted|hurt|offended|"
        r"attacked|insulted|sad|nervous|scared|worried|depressed|heartbroken|devastated|shocked)\b(?! to (?:hear|see|"
        r"read|learn))|\b(?:is|are) (?:the|our|your) agents? feeling\b|\bhow (?:is|are) (?:the|our|"
        r"your) agents? (?:feel|doing)|\bas an agent\b",
        Action.DROP,
        "Speaks of the agent's feelings.",
    ),
)
"""In the order in which they are tried."""
