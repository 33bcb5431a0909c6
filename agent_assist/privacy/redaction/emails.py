"""E-mail addresses, also those that were spelled out to hide them from machines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.privacy.redaction.kinds import Found, Kind, Scene

_PLAIN = re.compile(
    r"(?<![\w@.+%-])[\w.%+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,40})(?![\w@])"
)
_AT = r"(?:\s?[(\[{]\s?at\s?[)\]}]\s?|\s(?:at|AT|arobase|arroba|chiocciola)\s|\s@\s)"
_DOT = r"(?:\s?[(\[{]\s?(?:dot|punkt|punto)\s?[)\]}]\s?|\s(?:dot|DOT|punkt|punto)\s|\.)"
_SPELLED = re.compile(
    rf"(?<![\w@.])(?P<user>[\w+-]{{1,40}}(?:{_DOT}[\w+-]{{1,40}}){{0,3}}){_AT}"
    rf"(?P<host>[\w-]{{1,40}}(?:{_DOT}[\w-]{{1,40}}){{0,3}}){_DOT}(?P<top>[a-z]{{2,6}})(?![\w@])",
    re.IGNORECASE,
)
_AT_ONE, _DOT_ONE = re.compile(_AT, re.IGNORECASE), re.compile(_DOT, re.IGNORECASE)
_TOPS = frozenset(
    [
        "com",
        "net",
        "org",
        "edu",
        "gov",
        "info",
        "biz",
        "io",
        "co",
        "uk",
        "de",
        "fr",
        "es",
        "it",
        "nl",
        "be",
        "ch",
        "at",
        "pl",
        "se",
        "no",
        "dk",
        "fi",
        "pt",
        "br",
        "in",
        "ca",
        "au",
        "nz",
        "ie",
        "jp",
        "eu",
        "us",
    ]
)
_NOT_USERS = frozenset(
    [
        "me",
        "us",
        "you",
        "him",
        "her",
        "them",
        "it",
        "i",
        "look",
        "looking",
        "meet",
        "order",
        "ordered",
        "bought",
        "buy",
        "arrive",
        "stay",
        "was",
        "is",
        "be",
    ]
)


def find_emails(text: str, _scene: Scene) -> Iterator[Found]:
    """E-mail addresses: "a.b@example.com", "a.b (at) example.com", "a dot b at example dot com"."""
    if "@" in text:
        for match in _PLAIN.finditer(text):
            yield Found(*match.span(), Kind.EMAIL, match[0].casefold())
    if not _AT_ONE.search(text):
        return
    for match in _SPELLED.finditer(text):
        # "at example.com" is also where somebody bought something: then nothing else in it is spelled out.
        at = _AT_ONE.search(text, match.end("user"))
        odd = at is not None and not at[0].strip().isalpha()
        spelled = odd or len(_DOT_ONE.findall(match["host"] + match[0][match.end("host") - match.start() :])) > 0
        if not spelled or match["user"].casefold() in _NOT_USERS:
            continue
        plain_end = "." in match[0][match.end("host") - match.start() : match.start("top") - match.start()]
        if plain_end and not odd:
            continue
        if not odd and match["top"].casefold() not in _TOPS:
            continue
        host = _DOT_ONE.sub(".", match["host"] + "." + match["top"])
        yield Found(*match.span(), Kind.EMAIL, f"{_DOT_ONE.sub('.', match['user'])}@{host}".casefold())
