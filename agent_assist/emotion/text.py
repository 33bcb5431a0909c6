"""Prepares a turn for reading: what is not the customer's own words now is blanked, what is too long is cut in parts.

Blanking keeps every character's position, so that what is found can be shown as it stands in the turn.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

PART_CHARS = 400
"""About a hundred tokens: a part that the encoder reads whole."""
MAX_PARTS = 48
"""A turn with more is read at its beginning and its end, half each."""

_FOREIGN = re.compile(
    r"""
    # Quoted lines of an e-mail, but not an angry face or "> 3 weeks"
    ^[ \t]*>(?![:;]|[._]+<|[ ]?\d+[ ]?(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|times)\b).*$
    | ^[ \t]*(?:Sent[ ](?:from|via)[ ](?:my|Yahoo|Outlook|Mail|Samsung|Gmail|AOL|Proton)|
        Get[ ]Outlook[ ]for|Von[ ]meinem|        Gesendet[ ]v(?:on|om)|Envoyé[ ](?:de|depuis)|Enviado[ ](?:de|desde|do)|
        Inviato[ ]da|Verzonden[ ]vanaf|Skickat[ ]från)
        \b[^\n]{0,40}$                                        # signature of a phone
    | \b(?:https?://|www\.)\S+                               # links
    | (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+         # e-mail addresses
    | (?<![\w@])@\w+                                         # handles
    | \#[A-Z][A-Z_]*\#                                       # placeholders of anonymised text
    | (?<![\w-])(?=[\w-]{0,40}\d)(?=[\w-]{0,40}[A-Za-z])[A-Z0-9][A-Z0-9-]{3,}\b  # order numbers such as A-48213
    """,
    re.VERBOSE | re.MULTILINE,
)
_QUOTED = re.compile(
    r"""
    (?P<all>
        ^[ \t]*-{2,}[ ]?(?:Original|Forwarded|Weitergeleitete)[ ](?:Message|Nachricht)[ ]?-{2,}
        | ^[ \t]*-{2,}[ ]?(?:Ursprüngliche[ ]Nachricht|Message[ ]d'origine|Message[ ]transféré|Mensaje[ ]original|
            Mensagem[ ]original|Messaggio[ ]originale|Oorspronkelijk[ ]bericht|Ursprungligt[ ]meddelande)[ ]?-{2,}
        | ^[ \t]*Begin[ ]forwarded[ ]message:
        | ^[ \t]*_{8,}[ \t]*\n\s{0,4}\*?(?:From|Von|De|Da|Van|Från|Fra)\*?[ ]?:
    )
    | (?P<reply>
        ^[ \t]*(?:On|Am|Le|El|Il|Em|Op|Den)[ ][^\n]{4,200}(?:\n[^\n]{0,100})?
        (?<=[\s>,)])(?:wrote|schrieb[^:]{0,100}|a[ ]écrit|escribió|ha[ ]scritto|escreveu|
            schreef[^:]{0,100}|skrev[^:]{0,100})
        [ \t\u00a0]?:[ \t]*$
    )
    | (?P<block>
        ^[ \t]*\*?(?:From|Von|De|Da|Van|Från|Fra)\*?[ ]?:\*?[ \t][^\n]{1,200}\n
        (?:[ \t]*\*?(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?:[ ]el)?|
            Enviada[ ]em|Fecha|Data|Para|Asunto|Assunto|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|Skickat|
            Till|Ämne|Sendt|Til|Emne)
            \*?[ ]?:\*?[^\n]{0,200}(?:\n|$)){2,6}
    )
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_MAIL_STAMP = re.compile(r"\d[:.h]\d\d|\b20\d\d\b|@|<")
"""What the header of a quoted mail has and a sentence about one has not: a year, a time of day or an address."""
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u0000": " ", "\r": " "})
_BREAK = re.compile(r"(?<=[.!?\n])\s+")


_REGRETS = re.compile(r"\bI(?:'m| am) afraid (?=(?:that )?(?:i|we|you|this|that|it|the|your|there|not|my|no)\b)", re.I)
"""A turn of phrase that is sorry and not afraid; the network takes it at its word."""


def mask(text: str) -> str:
    """The turn with links, handles, identifiers and quoted mail blanked; as long as the turn itself."""
    text = text.translate(_APOSTROPHES)
    for start, end in _quoted(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return _FOREIGN.sub(lambda match: " " * len(match.group()), text)


def _quoted(text: str) -> Iterator[tuple[int, int]]:
    """Where headers of quoted mails stand, with what they quote.

    A header without any words above it heads the customer's own words, and one above ">" lines quotes those alone.
    """
    for match in _QUOTED.finditer(text):
        if match["reply"] and not _MAIL_STAMP.search(match.group()):
            continue
        below = text[match.end() :].lstrip()
        alone = not match["all"] and (below.startswith(">") or not says_something(text[: match.start()]))
        yield match.start(), match.end() if alone else len(text)
        if not alone:
            return


def plain(masked: str) -> str:
    """What the encoder reads: character references resolved and white space in one piece."""
    return " ".join(_REGRETS.sub("", html.unescape(masked)).split())


def says_something(masked: str) -> bool:
    """False for a turn without two letters in a row: punctuation, numbers, emoji, a bare link."""
    return re.search(r"[^\W\d_]{2}", masked) is not None


def split(masked: str) -> list[tuple[int, str]]:
    """Cuts a long turn at the ends of sentences into parts of at most `PART_CHARS`, each with its position."""
    if len(masked) <= PART_CHARS:
        return [(0, masked)]
    parts: list[tuple[int, str]] = []
    start = 0
    while start < len(masked):
        end = min(start + PART_CHARS, len(masked))
        if end < len(masked):
            end = _last_break(masked, start, end)
        if masked[start:end].strip():
            parts.append((start, masked[start:end]))
        start = end
    if len(parts) > MAX_PARTS:
        parts = parts[: MAX_PARTS // 2] + parts[-MAX_PARTS // 2 :]
    return parts or [(0, "")]


def _last_break(text: str, start: int, end: int) -> int:
    """Where to cut before `end`: after a sentence, else after a word, else right there."""
    breaks = [match.end() for match in _BREAK.finditer(text, start, end) if match.end() > start + PART_CHARS // 4]
    if breaks:
        return breaks[-1]
    space = text.rfind(" ", start + PART_CHARS // 4, end)
    return space + 1 if space > 0 else end
