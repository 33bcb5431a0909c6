"""Secrets in links, and tokens that stand on their own: what opens an account goes, the host stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.privacy.redaction.kinds import Found, Kind, Scene
from agent_assist.privacy.redaction.view import GONE

_LINK = re.compile(
    rf"(?<![\w@])(?:[a-z][a-z0-9+.-]{{1,20}}://|www\.)[^\s<>\"{GONE}]{{3,4000}}"
    rf"|(?<![\w@./:-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}[a-z]{{2,24}}/[^\s<>\"{GONE}]{{1,4000}}",
    re.IGNORECASE,
)
_USER = re.compile(r"://([^\s/@:]{1,100}):([^\s/@]{1,200})@")
_PARAMETER = re.compile(r"[?&#;]([\w.\-\[\]%]{1,60})=([^&#;\s]{1,4000})")
_SEGMENT = re.compile(r"/([^/?#&=\s]{4,4000})")
_SECRET_NAME = re.compile(
    r"(?:\w*[._-])?(?:token|jwt|key|apikey|sig|signature|secret|auth|authkey|code|otp|pin|pass|passwd|password|pwd|"
    r"session|sessionid|sid|"
    r"ticket|nonce|hash|hmac|invite|invitation|magic|reset|verify|verification|confirm|confirmation|activation|"
    r"credential|assertion|"
    r"samlresponse|state|jeton|cl[eé]|chiave|codice|klucz|kod|clave|chave|sas|access_?token|id_?token|"
    r"refresh_?token|"
    r"resettoken|authtoken|sessiontoken|csrf|x-amz-(?:signature|credential|security-token)|x-goog-signature)(?:id)?",
    re.IGNORECASE,
)
_HARMLESS_NAME = re.compile(
    r"(?:utm_\w+|mc_\w+|_ga|gclid|fbclid|msclkid|igshid|i?cid|cmp\w*|\w*campaign\w*|v|q|query|search|ref|source|lang|page|"
    r"node_?id|country_?code|product_?code|sku)",
    re.I,
)
_HARMLESS_CODE = re.compile(
    r"(?:status|country|product|promo|coupon|discount|error|lang|post|zip|area|colou?r|store)[._-]?code", re.IGNORECASE
)
_OPENS = re.compile(
    r"/(?:(?:[\w-]{0,30}-)?(?:reset|password|passwort|wachtwoord|verify|verification|magic|invite|invitation|confirm|activat|"
    r"aktivier)[\w-]{0,40}|"
    r"aktywacja|unsubscribe|auth|login|signin|sso|token|share|reinitialis\w*|restablecer|recuperar|redefinir|attiva\w*|"
    r"aterstall\w*|bestaetig\w*|session|webhook\w*|services/T[A-Z0-9]{4,20}/B[A-Z0-9]{4,20})(?=/)",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"(?<![\w.-])(?:eyJ[\w-]{8,4000}\.[\w-]{4,4000}(?:\.[\w-]{0,4000})?"
    r"|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{8,200}|sk-[A-Za-z0-9_-]{20,200}|gh[opsur]_[A-Za-z0-9]{20,200}|"
    r"github_pat_\w{20,200}"
    r"|glpat-[\w-]{16,200}|xox[abprs]-[\w-]{10,200}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,45}|"
    r"SG\.[\w-]{16,64}\.[\w-]{16,64})"
)
_NAMED = re.compile(
    r"(?<!\w)(?:bearer|(?:api|access|secret|private|auth)[ _-]?(?:key|token)|session[ _-]?(?:id|token)|"
    r"client[ _-]secret|token)"
    r"(?:\s?[:=]\s?|\s+(?:is\s+)?)[\"']?(?P<value>[A-Za-z0-9][\w./+=~-]{11,4000})",
    re.IGNORECASE,
)
_PIECE = re.compile(r"[^\W_]+")
_TAIL = ".,;:!?)]}'’\u201d\u2026*"
_LONG = 20
"""From this length on a parameter of letters and digits without a meaning is a token by itself."""


def find_tokens(text: str, _scene: Scene) -> Iterator[Found]:
    """The parts of links that open something (in query, fragment, path or before the host), and bare tokens."""
    for match in _LINK.finditer(text):
        yield from _in_link(text, match.start(), _end(text, match))
    for match in _LOOSE.finditer(text):
        yield _found(text, *match.span())
    for match in _NAMED.finditer(text):
        value = match["value"].rstrip(_TAIL)
        if _is_random(value, 12):
            yield _found(text, match.start("value"), match.start("value") + len(value))


def _end(text: str, match: re.Match[str]) -> int:
    end = match.end()
    while end > match.start() and text[end - 1] in _TAIL:
        end -= 1
    return end


def _found(text: str, start: int, end: int) -> Found:
    return Found(start, end, Kind.TOKEN, text[start:end])


def _in_link(text: str, start: int, end: int) -> Iterator[Found]:
    user = _USER.search(text, start, end)
    if user:
        yield _found(text, *user.span(2))
    query = min((k for k in (text.find("?", start, end), text.find("#", start, end)) if k >= 0), default=end)
    for match in _PARAMETER.finditer(text, query, end):
        if _is_secret_parameter(match[1], match[2]):
            yield _found(text, *match.span(2))
    if query < end and "=" not in text[query:end] and _is_random(text[query + 1 : end], _LONG):
        yield _found(text, query + 1, end)
    yield from _in_path(text, start, query)


def _in_path(text: str, start: int, end: int) -> Iterator[Found]:
    host = text.find("/", text.find("://", start, end) + 3 if "://" in text[start:end] else start, end)
    if host < 0:
        return
    # Elsewhere in a path stand the ids of channels, documents and articles, without which a link says nothing.
    opener = _OPENS.search(text, host, end)
    for match in _SEGMENT.finditer(text, opener.end(), end) if opener else ():
        if _opens(match[1]):
            yield _found(text, *match.span(1))


def _opens(segment: str) -> bool:
    """Whether what follows "/reset/" is what resets, rather than the name of a page about it."""
    return _is_random(segment, 6) or (segment.isdigit() and 6 <= len(segment) <= 12)


def _is_secret_parameter(name: str, value: str) -> bool:
    if _HARMLESS_NAME.fullmatch(name) or _HARMLESS_CODE.fullmatch(name):
        return False
    if _SECRET_NAME.fullmatch(name):
        return len(value) >= 4
    return "/" not in value and "%2F" not in value and _is_random(value, _LONG)


def _is_random(value: str, least: int) -> bool:
    """Whether a part looks made by a machine to be guessed by nobody: mostly pieces of letters mixed with digits.

    Words joined by dashes are the names of pages, and a number alone is the one of an order or an article.
    """
    if len(value) < least or value.count(".") > 2:
        return False
    mixed = (p for p in _PIECE.findall(value) if not p.isalpha() and not p.isdigit())
    return 2 * sum(map(len, mixed)) >= len(value)
