"""The text of an e-mail -> what its writer wrote, what is quoted below it, without the signature."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent_assist.capture.clock import Stamp, Timeline
from agent_assist.capture.lines import strip
from agent_assist.capture.mail import parse_mail

_MAX_LINES = 3_000
_OWN = "\ue000"  # marks the writer's own text for `parse_mail`; of private use, so that no mail means anything by it
_MARKED = re.compile(
    r"^[ \t]{0,3}>|(?:wrote|a\s[eé]crit|escribi[oó]|ha\sscritto|escreveu|schreef|skrev)\s?:|\bschrieb\b"
    r"|^[-_ ]{2,20}(?:original|forwarded|ursprüngliche|message d)"
    r"|^\*{0,2}(?:sent|date|gesendet|datum|envoyé|enviado(?: el)?|inviato|data|verzonden|skickat)\*{0,2}\s?:",
    re.I | re.M,
)
_MARK_WORDS = (
    *(">", "wrote", "crit", "escrib", "scritto", "escreveu", "schre", "skrev", "schrieb", "original", "forwarded"),
    *("ursprüng", "message d", "sent:", "sent :", "date", "gesendet", "datum", "envoyé", "enviado", "inviato", "data"),
    *("verzonden", "skickat", "sent*"),
)
_ABOVE_LINE = re.compile(r"[#\s=*-]{0,8}(?:please )?(?:type|write|reply|enter).{0,40}\babove this line\b.{0,40}", re.I)
_WROTE_LAST = (
    re.compile(r"(?P<who>.{1,160}?)\sschrieb\s(?:am\s)?(?P<when>[^:]{0,20}\d.{3,60}):", re.I),
    re.compile(r"(?:op|den|på)\s(?P<when>.{4,80}?)\s(?:schreef|skrev)\s(?P<who>.{1,160}):", re.I),
)
_MONTHS = {
    word: english
    for english, words in {
        "January": "jan januar jänner janvier janv enero ene gennaio gen januari janeiro",
        "February": "feb februar février févr fév febrero febbraio februari fevereiro fev",
        "March": "mar mär märz mars marzo maart mrt março",
        "April": "apr april avril avr abril abr aprile",
        "May": "may mai mayo maggio mag mei maio maj",
        "June": "jun juni juin junio giugno giu junho",
        "July": "jul juli juillet juil julio luglio lug julho",
        "August": "aug august août agosto ago augustus augusti",
        "September": "sep sept september septembre septiembre settembre setembro set",
        "October": "oct okt oktober octobre octubre ottobre ott outubro out",
        "November": "nov november novembre noviembre novembro",
        "December": "dec dez dezember décembre déc diciembre dic dicembre dezembro december",
    }.items()
    for word in words.split()
}
_FOREIGN_DAY = re.compile(rf"\b(\d{{1,2}})\.?\s(?:de\s)?({'|'.join(_MONTHS)})\b\.?\s(?:de\s)?(\d{{4}})", re.I)
_ZONE = re.compile(r"\b(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d{2}))?\b")
_BLOCK_FIELDS = {
    name: re.compile(rf"\*{{0,2}}(?:{words})\s?:\*{{0,2}}(?=\s)", re.I)
    for name, words in {
        "From": "from|von|från|od|van|da|de",
        "Sent": "sent|date|gesendet|datum|envoyé|enviado(?: el)?|enviada(?: em)?|inviato|verzonden|skickat|fecha",
        "To": "to|an|à|para|aan|till|a",
        "Subject": "subject|betreff|objet|asunto|oggetto|onderwerp|ämne|assunto",
    }.items()
}
_BLOCK_FROM, _BLOCK_SENT = _BLOCK_FIELDS["From"], _BLOCK_FIELDS["Sent"]
_BLOCK_REACH = 6
_MAX_HEAD = 300
_WROTE_END = re.compile(r"(?:wrote|crit|escribió|scritto|escreveu|schreef|skrev|schrieb.{1,80})\s?:\s*$", re.I)
_ADDRESS_BEHIND = re.compile(
    r"[\s\"'*]{0,4}[<(\[]{1,2}[\s>]{0,4}(?:mailto:)?([^<>()\[\]\s@]{1,64}@[^<>()\[\]\s]{1,255})", re.I
)
_DOMAIN_BEHIND = re.compile(r"@[^<>()\[\]\s@]{1,255}")

_DASHES = re.compile(r"^--[ \t]*$", re.M)
_DEVICE = re.compile(
    r"(?:sent|gesendet|envoyé|enviado|inviato)\s(?:from|with|via|von|mit|depuis|de|desde|da)\s.{2,60}"
    r"|von mein\w{1,3}\s.{2,40}\sgesendet|get outlook for .{2,30}|outlook für .{2,20} (?:beziehen|herunterladen)",
    re.I,
)
_LEGAL = re.compile(
    r"(?:(?:confidentiality|disclaimer|legal) (?:notice|note)|(?:this|the (?:information|content)s? (?:in|of) this) "
    r"(?:e-?mail|message|communication)\b.{0,200}\b(?:confidential|intended|privileged)"
    r"|diese (?:e-?mail|nachricht) (?:enthält|ist|kann).{0,80}vertraulich|ce (?:message|courriel).{0,80}confidenti)",
    re.I,
)
_SIGN_OFF = re.compile(
    r"(?:(?:with )?(?:(?:very )?(?:kind|best|warm|many|kindest|warmest) )?(?:regards|wishes|greetings)|many thanks"
    r"|thanks|thank you|sincerely|yours(?: \w+)?|cheers|all the best|"
    r"(?:mit )?(?:freundlichen|besten|lieben|herzlichen) grüßen|"
    r"(?:viele|beste|liebe|freundliche) grüße|mfg|cordialement|bien cordialement|saludos(?: cordiales)?|"
    r"cordiali saluti|met vriendelijke groet)[,.!]?",
    re.I,
)
_CONTACT = re.compile(
    r"@|www\.|https?:|(?:\d[ ()./-]{0,2}){7}|\||\b(?:tel|phone|fax|mobile|gmbh|ltd|inc|llc|registered)\b", re.I
)
_MEANT = re.compile(
    r"\s*p\.?\s?s\b|.*\b(?:order|booking|invoice|reference|ref|ticket|case|bestell\w*|kunden\w*|auftrag\w*|rechnung\w*|iban)\b"
    r"|.*[?]|(?![^|•·]*[|•·])(?:\S+\s+){7}",
    re.I,
)
_WROTE_START = re.compile(r"(?:on|le|el|il|em|op|den|am)\s", re.I)
_NO_MARK = re.compile(r"[\W_]+")
_MARK_LENGTH = 120
_LEGAL_WORD = re.compile(r"confiden|disclaimer|legal|vertraul|intended|privileged", re.I)
_SIGNATURE_REACH = 16
_LEGAL_REACH = 6_000
_RULE = re.compile(r"[-_=*\s]{3,}")


@dataclass(frozen=True, slots=True)
class Quoted:
    """An earlier mail as a later one quotes it."""

    text: str
    name: str = ""
    address: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """A mail's text, taken apart.

    Attributes:
        text: what the writer wrote.
        quoted: what is quoted, earliest first.
        signed: whether a signature was left out.
    """

    text: str
    quoted: tuple[Quoted, ...] = ()
    signed: bool = False


def fold(text: str, sent: datetime | None, known: Collection[str] = ()) -> Folded:
    """Takes quoted mail and the signature off a mail's text.

    Args:
        text: clean text with all that the mail says.
        sent: when the mail was sent; a quoted time without a zone is one of the sender's clock.
        known: marks (`mark_of`) of mails that are there themselves; what is quoted of them need not be read again.
    """
    lines = text.replace(_OWN, "").split("\n", _MAX_LINES)[:_MAX_LINES]
    if "above" in text:
        lines = [line for line in lines if not _is_above_line(line)]
    if not _is_marked(text):
        own, signed = without_signature("\n".join(lines))
        return Folded(own, (), signed)
    begin = _answer_to(lines, known)
    if begin >= 0:
        own, signed = without_signature("\n".join(lines[:begin]))
        return Folded(own, (), signed)
    pieces, _ = parse_mail([_OWN, *_readable(lines)])
    own = pieces.pop().text if pieces and pieces[-1].text.startswith(_OWN) else ""
    kept, signed = without_signature(own.replace(_OWN, ""))
    stamps = [p.stamp for p in pieces if p.stamp]
    quoted = tuple(
        Quoted(
            without_signature(p.text.replace(_OWN, ""))[0],
            "" if "@" in p.name else p.name,
            _address_of(p.name, text),
            _time_of(p.stamp, stamps, sent),
        )
        for p in pieces
    )
    return Folded(kept, quoted, signed or "\n--" in text)


def _is_marked(text: str) -> bool:
    """Whether a text shows marks of quoted mail; the plain words first, which are many times as fast."""
    low = text.casefold()
    return any(word in low for word in _MARK_WORDS) and _MARKED.search(text) is not None


def mark_of(text: str) -> str:
    """What stays the same when a mail is quoted: its first letters and digits, however its lines are broken."""
    return _NO_MARK.sub("", text[: 6 * _MARK_LENGTH].casefold())[:_MARK_LENGTH]


def _answer_to(lines: Sequence[str], known: Collection[str]) -> int:
    """Where "On ..., Anna wrote:" stands if all below it is the quotation of a known mail, else -1."""
    begin = next((i for i, line in enumerate(lines) if line.startswith(">")), -1)
    if not known or begin < 0 or any(line and line[0] != ">" for line in lines[begin:]):
        return -1
    filled = [i for i in range(max(0, begin - 6), begin) if lines[i].strip()][-3:]
    if not filled or not _WROTE_END.search(lines[filled[-1]]):
        return -1
    head = next((i for i in reversed(filled) if _WROTE_START.match(lines[i])), -1)
    if head < 0 or _is_marked("\n".join(lines[:head])):
        return -1
    first: list[str] = []
    for line in lines[begin : begin + _MARK_LENGTH]:
        inner = line[1:].lstrip()
        if inner.startswith(">") or _WROTE_START.match(inner):
            break
        first.append(inner)
    return head if mark_of("\n".join(first)) in known else -1


def without_signature(text: str) -> tuple[str, bool]:
    """Leaves out what stands below a sign-off and the name, a legal notice, and "Sent from my phone"."""
    dashes = _DASHES.search(text)
    kept = text[: dashes.start()] if dashes and text[: dashes.start()].strip() else text
    lines = strip(kept).split("\n")
    legal = _LEGAL_WORD.search(kept, max(0, len(kept) - _LEGAL_REACH)) is not None
    for at in range(max(1, len(lines) - _SIGNATURE_REACH), len(lines)) if legal else ():
        if _LEGAL.match(lines[at][:400].strip(" *_\t")):
            lines = lines[:at]
            break
    while len(lines) > 1 and (
        not lines[-1].strip() or _DEVICE.fullmatch(lines[-1].strip()) or _RULE.fullmatch(lines[-1])
    ):
        lines.pop()
    end = _end_of_letter(lines)
    folded = strip("\n".join(lines[:end]))
    return folded, len(folded) < len(strip(text))


def _end_of_letter(lines: Sequence[str]) -> int:
    """Where the block of contacts below the sign-off and the name begins."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _SIGNATURE_REACH), -1):
        if len(lines[at]) > 60 or not _SIGN_OFF.fullmatch(lines[at].strip()):
            continue
        below = [i for i in range(at + 1, len(lines)) if lines[i].strip()]
        block = [lines[i].strip() for i in below[1:]]
        if any(_CONTACT.search(line[:200]) for line in block) and not any(map(_is_meant, block)):
            return below[1]
        break
    return len(lines)


def _is_meant(line: str) -> bool:
    return len(line) > 100 or _MEANT.match(line) is not None


def _is_above_line(line: str) -> bool:
    return len(line) < 120 and _ABOVE_LINE.fullmatch(line.strip()) is not None


def _readable(lines: Sequence[str]) -> list[str]:
    """Lines as `parse_mail` knows them: months and fields of quoted headers in the languages that it reads."""
    out = list(lines)
    for i, line in enumerate(lines):
        if len(line) > _MAX_HEAD or ":" not in "".join(lines[i : i + 3]):
            continue
        bare = line.lstrip(" >")
        if _BLOCK_FROM.match(bare):
            if not _is_block(lines[i : i + _BLOCK_REACH]):
                out[i] = _OWN + line  # "From: Berlin", which `parse_mail` would take for a header
                continue
            for j in range(i, min(i + _BLOCK_REACH, len(lines))):
                if not lines[j].strip(" >"):
                    break
                out[j] = _field_in_english(lines[j])
        elif wrote := next((m for pattern in _WROTE_LAST if (m := pattern.fullmatch(bare))), None):
            out[i] = f"{line[: len(line) - len(bare)]}On {_day_in_english(wrote['when'])} {wrote['who']} wrote:"
        elif _WROTE_START.match(bare):
            for used in (1, 2, 3):
                if _WROTE_END.search(" ".join(x[:_MAX_HEAD].lstrip(" >") for x in lines[i : i + used])):
                    out[i : i + used] = [_day_in_english(x) for x in lines[i : i + used]]
                    break
    return out


def _is_block(lines: Sequence[str]) -> bool:
    """Whether a line that begins with "From:" opens the header of a mail: it shows an address, or a time below."""
    sent = next((x for line in lines[1:5] if _BLOCK_SENT.match(x := line.lstrip(" >"))), "")
    return bool(sent) and ("@" in lines[0] or re.search(r"\d[:.h]\d\d", sent[:_MAX_HEAD]) is not None)


def _field_in_english(line: str) -> str:
    bare = line[:_MAX_HEAD].lstrip(" >")
    quotes = line[: len(line) - len(line.lstrip(" >"))]
    for name, pattern in _BLOCK_FIELDS.items():
        if found := pattern.match(bare):
            return f"{quotes}{name}:{_day_in_english(bare[found.end() :])}"
    return line


def _day_in_english(text: str) -> str:
    text = _ZONE.sub(lambda m: f"{m[1]}{m[2]:0>2}:{m[3] or '00'}", text)
    return _FOREIGN_DAY.sub(lambda m: f"{m[1]} {_MONTHS[m[2].casefold()]} {m[3]}", text)


def _address_of(name: str, text: str) -> str:
    if "@" in name:
        return name.casefold()
    at = text.find(name) if name else -1
    for _ in range(5):
        if at < 0:
            break
        if found := _ADDRESS_BEHIND.match(text, at + len(name)):
            return found[1].casefold()
        if found := _DOMAIN_BEHIND.match(text, at + len(name)):
            return f"{name}{found[0]}".casefold()
        at = text.find(name, at + 1)
    return ""


def _time_of(stamp: Stamp | None, stamps: Sequence[Stamp], sent: datetime | None) -> datetime | None:
    if stamp is None or stamp.clock is None or not (stamp.day or stamp.fields):
        return None
    at = Timeline(stamps).at(stamp)
    if at is None and stamp.fields and sent is not None:
        at = _nearest(stamp, sent)
    return at.replace(tzinfo=sent.tzinfo) if at and at.tzinfo is None and sent else at


def _nearest(stamp: Stamp, sent: datetime) -> datetime | None:
    """Of a day that reads both ways ("05/01/2026") the last one before the mail that quotes it."""
    first, second, year = stamp.fields or (0, 0, 0)
    found = []
    for month, day in ((first, second), (second, first)):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    before = [day for day in found if day <= sent.date() + timedelta(days=1)]
    return datetime.combine(max(before), stamp.clock) if before and stamp.clock else None
