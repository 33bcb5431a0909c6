"""Which countries' numbers a text is likely to hold: what the person set, the system's locale, the text's language."""

from __future__ import annotations

import locale
import re

_DEFAULT = ("US", "GB")
_OF_LANGUAGE: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), regions)
    for words, regions in (
        ("ich|nicht|und|meine?|bitte|ist|auf|unter|ihnen|der|das|wurde", ("DE", "AT", "CH")),
        ("je|vous|mon|ma|est|pas|une?|le|les|c['’]est|merci|joignable", ("FR", "BE", "CH")),
        ("mi|el|la|los|una?|por|está|pero|gracias|es|llámenme", ("ES", "MX")),
        ("il|mio|mia|che|non|per|sono|gli|grazie|è|della", ("IT",)),
        ("ik|mijn|het|een|niet|van|jullie|graag|bedankt|op", ("NL", "BE")),
        ("nie|jest|proszę|mój|moje|na|się|dziękuję|to", ("PL",)),
        ("meu|minha|não|vocês?|um|uma|por|obrigad[oa]|é", ("BR", "PT")),
        ("jag|mig|inte|och|mitt|min|är|tack|på", ("SE",)),
        ("jeg|ikke|mit|mig|og|er|tak|takk", ("DK", "NO")),
    )
)
_CLUES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\u00a3\s?\d|\bpostcode\b|\bnhs\b"), "GB"),
    (re.compile(r"\bzip\b|\bssn\b"), "US"),
    (re.compile(r"\u20b9|\brs\.?\s?\d|\b(?:aadha?ar|lakh|otp)\b", re.IGNORECASE), "IN"),
    (re.compile(r"\bR\$\s?\d"), "BR"),
    (re.compile(r"\bzł\b"), "PL"),
    (re.compile(r"\bCHF\b"), "CH"),
)
_ENOUGH = 2000


def locale_region() -> str:
    """The country of the system's locale, "" where it names none."""
    name = locale.getlocale()[0] or ""
    _, _, region = name.partition("_")
    return region if re.fullmatch(r"[A-Z]{2}", region) else ""


def likely_regions(text: str, first: str) -> tuple[str, ...]:
    """The countries a text may come from, likeliest first.

    Args:
        text: what was said; its beginning tells enough.
        first: the one that was set, or the system's; "" for none.
    """
    told = text[:_ENOUGH]
    regions = [first] if first else []
    regions += [region for clue, region in _CLUES if clue.search(told)]
    counts = [(len({m.casefold() for m in words.findall(told)}), regs) for words, regs in _OF_LANGUAGE]
    most = max(counts, key=lambda pair: pair[0])
    if most[0] >= 2:
        regions += most[1]
    if not regions:
        regions += _DEFAULT
    return tuple(dict.fromkeys(regions))
