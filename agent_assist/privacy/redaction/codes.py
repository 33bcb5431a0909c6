"""PINs, passwords, card security codes and one-time codes, said in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.privacy.redaction.kinds import Found, Kind, Scene
from agent_assist.privacy.redaction.view import GONE
from agent_assist.privacy.redaction.words import NOT_PASSWORDS

_FILL = r"(?:\s{1,2}[^\W\d_]{1,14}){0,4}?"
_IS = (
    r"(?:\s{1,2}(?:is|was|are|ist|war|lautet|heißt|c'est|est|es|era|è|é|to|är|er|dir)(?!\w)|\s{0,2}[:=]|\s-|-(?=\s)|"
    r"(?:(?<=salasana)|(?<=koodi))\s{1,2}on(?!\w))"  # "on" is Finnish for "is"
    r"\s{0,2}[:=]?\s{0,2}"
)
_MAYBE = rf"(?:{_FILL}{_IS}|['’]s\s{{1,2}}|(?P<bare>\s{{0,2}}(?:no\.?|number|nummer|#)?\s{{0,2}}))"
_QUOTE = r"[\"'\u201c\u201d\u2018\u00ab]?"
_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_SAID = rf"{_DIGIT_WORD}(?:[ ,-]{{1,2}}{_DIGIT_WORD}){{2,7}}\b"
_END = r"(?![\w%/]|[.,:]\d)"

_PIN_CUE = (
    r"pin(?:[ -]?(?:code|number|kod|koden|nummer|koodi))?|pinkoden?|pincode|passcode|pass\s?code|nip|code\s+secret|"
    r"geheimzahl|kod\s+pin"
)
_CVV_CUE = (
    r"cvv2?|cvc2?|cv2|cid|csc|(?:card\s+)?sec(?:\.|urity)?\s+code|card\s+verification(?:\s+(?:code|value|number))?|"
    r"(?:karten)?prüf(?:ziffer|nummer|zahl)|cryptogramme(?:\s+visuel)?|código\s+de\s+segurança|"
    r"código\s+de\s+seguridad|"
    r"(?:three|3)[ -]digit\s+(?:security\s+)?(?:number|code)|"
    r"codice\s+di\s+sicurezza|beveiligingscode|säkerhetskod(?:en)?|(?:three|3|four|"
    r"4)\s+(?:digits|numbers)\s+on\s+the\s+(?:back|front)"
)
_CODE_CUE = (
    r"otp|one[- ]?time\s+(?:pass(?:word|code)|code|pin)|verification\s+code|(?:2fa|mfa|two[- ]factor|authenticator|"
    r"authentication|"
    r"auth|login|log-in|sign-in|sms|text|access|activation|unlock|recovery|backup|digit|door|gate|alarm|entry|safe|lock)\s+code|m?tan|"
    r"(?:bestätigungs|verifizierungs|sicherheits|anmelde|freischalt|aktivierungs|einmal)code|einmalpasswort|"
    r"code\s+(?:de\s+)?(?:vérification|confirmation|validation|sms)|código\s+de\s+(?:verificación|"
    r"verificação|confirmación|acceso)|"
    r"codice\s+(?:di\s+(?:verifica|conferma|accesso)|otp)|verificatiecode|bevestigingscode|inlogcode|"
    r"kod\s+(?:weryfikacyjny|sms|autoryzacyjny)|"
    r"verifieringskod(?:en)?|engångskod(?:en)?"
)
_WORD_CUE = (
    r"pass\s?word|memorable\s+word|passwd|pwd|pw|pass\s?phrase|passwort|kennwort|mot\s+de\s+passe|mdp|contraseña|clave|"
    r"wachtwoord|hasło|senha|"
    r"lösenord(?:et)?|adgangskode|passord|salasana|parola(?:\s+d'ordine)?|şifre"
)
_DIGITS = r"\d(?:[ -]?\d){2,7}"
_MIXED = (
    r"(?:[A-Z]{1,2}-)?\d{3}[ -]\d{3,4}|\d{2}(?:[ -]\d{2}){2,3}|(?:[A-Z]-)?\d{3,10}|"
    r"(?=[A-Z0-9]{0,9}\d)(?=[A-Z0-9]{0,9}[A-Z])(?-i:[A-Z0-9]{5,10})"
)
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?<![\w-])(?:{cue}){_MAYBE}{_QUOTE}(?P<value>{value}){_END}", re.IGNORECASE))
    for kind, cue, value in (
        (Kind.PIN, _PIN_CUE, rf"{_DIGITS}|{_SAID}"),
        (Kind.CVV, _CVV_CUE, rf"\d{{3,8}}|{_SAID}"),
        (Kind.CODE, _CODE_CUE, rf"{_MIXED}|{_SAID}"),
    )
)
_PASSWORD = re.compile(
    rf"(?<![\w-])(?:(?P<cue>{_WORD_CUE})(?:{_FILL}{_IS}|['’]s\s{{1,2}}|(?P<bare>\s{{1,2}}))|(?P<pass>pass)\s?[:=]\s{{0,2}})"
    r"(?:[\"\u201c\u201d\u00ab](?P<quoted>[^\"\u201c\u201d\u00bb\n]{3,64})[\"\u201d\u00bb]|"
    r"'?(?P<value>[^\s\"\u201c\u201d]{3,64}))",
    re.IGNORECASE,
)
_POSTAL = re.compile(r"pin\s?-?code", re.IGNORECASE)
_SPACED_SIGNS = re.compile(r"[\s,-]")
_TAIL = re.compile(r"[.,;:?)\]'’]+$")
_MIX = re.compile(r"(?=.*\d)(?=.*[^\W\d_])")
_WORD_TOO = re.compile(r"clave|parola", re.IGNORECASE)
"""Means "key" and "word" as well."""
_ITS = re.compile(r"\b(?:mi|tu|su|nuestra|vuestra|mia|tua|sua|nostra|vostra)\s$", re.IGNORECASE)
_TICKET = re.compile(
    r"(?:ski|lift|boarding|season|bus|rail|train|day|week|month(?:ly)?|annual|travel|hall|press|park\w{0,3}|museum|city)[\s-]$",
    re.IGNORECASE,
)
_ACCESS = re.compile(
    r"\b(?:log[\s-]?in|log[\s-]?on|sign[\s-]?in|user(?:\s?name|id)?|usr|wi-?fi|credentials?|benutzer\w{0,4}|usuario|"
    r"utente|utilisateur)\b|\w@\w",
    re.IGNORECASE,
)
_NEAR = 60
_PAIR = re.compile(
    r"\b(?:log[\s-]?in|log[\s-]?on|user(?:\s?name)?|credentials?|access)\s?[:=]?\s?[\w.@+-]{2,64}\s?/\s?"
    r"(?P<value>(?=\S{0,40}\d)(?=\S{0,40}[A-Za-z])(?=\S{0,40}[!@#$%^&*+=?])[^\s/]{6,64})",
    re.IGNORECASE,
)
"""A user and a password as people write them: "login jdoe / Passw0rd!"."""
_COLON = re.compile(r"[:=]\s{0,2}['\w]")
_MORE = re.compile(r"[ -]\d")
_BARE_DIGITS = re.compile(r"\d{4,10}(?![ -]?\d)")
_COUNTED = re.compile(
    r"\s(?:x|times|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|dollars?|bucks|euros?|pounds?|"
    r"rupees?|points|characters|digits|mal|minuten|stunden|tage|veces|días|vezes|fois|jours|volte|keer)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOUN = re.compile(
    r"\s(?!(?:is|isn['’]t|was|wasn['’]t|and|but|or|not|no|does\w*|doesn['’]t|did\w*|didn['’]t|has|hasn['’]t|for|in|on|at|to|with|"
    r"please|pls|thanks|thank|again|still|never|which|that|so|if|it|i|my|the|a|ist|und|aber|nicht|hat|geht|ok|okay)\b)[^\W\d_]",
    re.IGNORECASE,
)
_STRONG = re.compile(r"\d|[^\w\s.,'’-]|(?<=[a-z])[A-Z]")

_TURNED: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (
        kind,
        re.compile(
            rf"(?<![\w.,:#-])(?P<value>{value})\s(?:is|was|ist|est|es|è|é)\s(?:\w{{1,12}}\s){{1,3}}?(?:{cue})(?!\w)",
            re.I,
        ),
    )
    for kind, cue, value in (
        (Kind.PIN, _PIN_CUE, r"\d{4,8}"),
        (Kind.CVV, _CVV_CUE, r"\d{3,4}"),
        (Kind.CODE, _CODE_CUE, r"(?:[A-Z]{1,2}-)?\d{4,8}|\d{3}[ -]\d{3}"),
    )
)
"""The value first: "482913 is your verification code"."""
_USE = re.compile(
    r"\b(?:use|enter)\s(?:the\s)?(?:code\s)?(?P<value>\d{4,8}|\d{3}[ -]\d{3})\s(?:as|to)\s(?:\w{1,12}\s){0,3}?"
    r"(?:log\s?in|sign\s?in|verify|confirm|reset|authenticate|unlock)\b",
    re.IGNORECASE,
)
_MINE = re.compile(
    r"\b(?:my|your|mein|ihr|mon|votre|mi|tu|su|mio|tuo)\scode(?:\s?:|\sis|\sist|\sest)?\s"
    r"(?P<value>\d{6}|\d{3}[ -]\d{3})(?![\w%/]|[.,:]\d)",
    re.IGNORECASE,
)

_PLAIN_CODE = re.compile(
    rf"(?<![\w-])(?:code|kode|kod|koden|código|codice){_MAYBE}(?P<value>\d{{4,8}}|\d{{3}}[ -]\d{{3}}){_END}", re.I
)
_SENT = re.compile(
    r"\b(?:text(?:ed)?|sms|sent|verif\w{1,10}|log\s?in|login|sign\s?in|authenticat\w{1,6}|app\s+asks|e-?mailed|"
    r"reçu|recib\w{1,4}|"
    r"erhalten|geschickt|ricevuto|ontvangen|otrzyma\w{1,5})\b",
    re.IGNORECASE,
)
_OTHER_NAMES = (
    r"(?:error|promo\w{0,6}|discount|coupon|voucher|zip|postal|post|area|country|dial\w{0,3}|product|status|colou?r|"
    r"item|track\w{0,3}|bar|qr|"
    r"sort|source|dress|booking|reference|order|store|reason|exit|return|fault|rabatt\w{0,4}|gift|offer|airport|"
    r"stop|tax|hs|batch|select|choose|"
    r"rabatowy|postnummer)[\s-]{0,2}"
)
_OTHER_CODE = re.compile(rf"{_OTHER_NAMES}$", re.IGNORECASE)
_OTHER_ASKED = re.compile(rf"{_OTHER_NAMES}code", re.IGNORECASE)
_ALONE = re.compile(
    r"\W*(?:(?:it['’]?s|this\sis|here(?:['’]s|\sis))\s)?(?:(?:the|my|your)\s)?code\s?[:#]?\s?(?:is\s)?"
    r"(?P<value>\d{6}|\d{3}[ -]\d{3})\W*",
    re.IGNORECASE,
)
"""Six digits that a message gives as "code" and nothing else."""
_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.PIN, re.compile(rf"\b(?:{_PIN_CUE})\b", re.IGNORECASE)),
    (Kind.CVV, re.compile(rf"\b(?:{_CVV_CUE})\b", re.IGNORECASE)),
    (
        Kind.CODE,
        re.compile(
            rf"\b(?:{_CODE_CUE})\b|\bcode\b(?=.{{0,40}}\b(?:sent|text|phone|mobile|e-?mail|received)\b)", re.IGNORECASE
        ),
    ),
    (Kind.PASSWORD, re.compile(rf"\b(?:{_WORD_CUE})\b", re.IGNORECASE)),
)
_ASKS = re.compile(
    r"\?|\b(?:please|can\s+you|could\s+you|tell|give|read|enter|type|provide|share|send|confirm|bitte|veuillez|"
    r"pouvez|dime|puede|inserisca|"
    r"graag|proszę|informe)\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(rf"(?<![\w.,:#-])(?P<value>\d{{3,8}}|\d{{3}}[ -]\d{{3}}|{_SAID}){_END}", re.IGNORECASE)
_SHORT = 60
_AT_ONCE = 12
"""Where in a longer text an answer begins at the latest."""
_WORD = re.compile(r"\S{4,64}")


def find_codes(text: str, scene: Scene) -> Iterator[Found]:
    """What is named as a PIN, a password, a security code or a one-time code, or answers a question for one."""
    for kind, shape in _SHAPES:
        for match in shape.finditer(text):
            if not _is_counted(match) and not (kind is Kind.PIN and _is_postal(match)):
                yield _found(match, kind)
    for kind, shape in (*_TURNED, (Kind.CODE, _USE), (Kind.CODE, _MINE)):
        for match in shape.finditer(text):
            yield _found(match, kind)
    yield from _passwords(text, scene)
    yield from _plain_codes(text, scene)
    yield from _answers(text, scene)


def _found(match: re.Match[str], kind: Kind) -> Found:
    return Found(*match.span("value"), kind, _SPACED_SIGNS.sub("", match["value"]).casefold())


def _is_postal(match: re.Match[str]) -> bool:
    """In India a PIN code of six digits is part of an address."""
    return _POSTAL.match(match[0]) is not None and len(_SPACED_SIGNS.sub("", match["value"])) == 6


def _is_counted(match: re.Match[str]) -> bool:
    """Whether a number belongs to the word behind it: "1234 times", or a year right behind the cue: "2024 model"."""
    text, end = match.string, match.end("value")
    if _COUNTED.match(text, end):
        return True
    return (
        match["bare"] is not None and _YEAR.fullmatch(match["value"]) is not None and _NOUN.match(text, end) is not None
    )


def _passwords(text: str, scene: Scene) -> Iterator[Found]:
    for match in _PAIR.finditer(text):
        yield Found(*match.span("value"), Kind.PASSWORD, match["value"])
    for match in _PASSWORD.finditer(text):
        if match["quoted"] is not None:
            yield Found(*match.span("quoted"), Kind.PASSWORD, match["quoted"])
            continue
        value = _TAIL.sub("", match["value"])
        if match["pass"] and not _is_pass_word(value, match, scene):
            continue
        if len(value) >= 3 and _is_password(value, match):
            start = match.start("value")
            yield Found(start, start + len(value), Kind.PASSWORD, value)


def _is_pass_word(value: str, match: re.Match[str], scene: Scene) -> bool:
    """Whether "pass:" names a password rather than a ticket."""
    text, start = match.string, match.start()
    if _TICKET.search(text, max(0, start - 12), start):
        return False
    near = f"{scene.before[-_NEAR:]}\n{text[max(0, start - _NEAR) : start]}\n{text[match.end() : match.end() + _NEAR]}"
    return _MIX.search(value) is not None or _ACCESS.search(near) is not None


def _is_password(value: str, match: re.Match[str]) -> bool:
    """Whether what follows "password is" is one: "wrong", "not", "being reset" are not."""
    if GONE in value or "://" in value or value.casefold().strip("!") in NOT_PASSWORDS:
        return False
    if match["bare"]:
        if _MIX.search(value):
            return len(value) >= 6
        return _BARE_DIGITS.fullmatch(value) is not None and not _is_counted(match) and not _goes_on(match)
    if _STRONG.search(value.rstrip("!")):
        return not value.isdigit() or len(value) >= 4
    lead = match.string[max(0, match.start() - 12) : match.start()]
    if match["cue"] and _WORD_TOO.fullmatch(match["cue"]) and not (_ITS.search(lead) or _COLON.search(match[0])):
        return False
    rest = match.string[match.start("value") + len(value) : match.start("value") + len(value) + 2]
    last = not rest.strip() or rest.strip()[0] in ".,;!?)'\n" or "\n" in rest
    return last and not value.endswith(("ing", "ed", "ert", "gesetzt"))


def _goes_on(match: re.Match[str]) -> bool:
    """Whether more digits follow: a phone number."""
    return _MORE.match(match.string, match.end("value")) is not None


def _plain_codes(text: str, scene: Scene) -> Iterator[Found]:
    """Finds a number that "code" alone names, where it was sent, is to log in with or is all that is said."""
    alone = _ALONE.fullmatch(text)
    if alone is not None and _OTHER_ASKED.search(scene.before[-160:]) is None:
        yield _found(alone, Kind.CODE)
    for match in _PLAIN_CODE.finditer(text):
        near = text[max(0, match.start() - 60) : match.end() + 60] + scene.before[-120:]
        other = _is_counted(match) or _OTHER_CODE.search(text, max(0, match.start() - 16), match.start())
        if not other and _SENT.search(near):
            yield _found(match, Kind.CODE)


def _answers(text: str, scene: Scene) -> Iterator[Found]:
    if not scene.before or not _ASKS.search(scene.before[-160:]):
        return
    kind = _asked_for(scene.before[-160:])
    if kind is None:
        return
    if kind is Kind.PASSWORD:
        if len(text) > _SHORT:
            return
        words = [w for w in _WORD.finditer(text) if _STRONG.search(w[0]) and GONE not in w[0] and "://" not in w[0]]
        for word in words[:1]:
            value = _TAIL.sub("", word[0])
            yield Found(word.start(), word.start() + len(value), kind, value)
        return
    match = _ANSWER.search(text)
    if match is not None and (len(text) <= _SHORT or match.start() <= _AT_ONCE):
        yield _found(match, kind)


def _asked_for(before: str) -> Kind | None:
    """The kind of secret that was asked for last."""
    last, kind = -1, None
    for one, cue in _ASKED:
        for match in cue.finditer(before):
            if match.end() > last and not _OTHER_CODE.search(before, max(0, match.start() - 16), match.start()):
                last, kind = match.end(), one
    return kind
