"""Postal addresses, by how streets are written in nine languages: rules, checked against no register."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.privacy.redaction.kinds import Found, Kind, Scene

_UP = r"[A-ZÀ-ÝŁŐŚŠŻŽ]"
_WORD = rf"{_UP}[\w'’.-]{{0,30}}"
_TOWN_WORD = rf"{_UP}[^\W\d_](?:[^\W\d_]|['’.-]){{0,28}}"
_CITY = rf"{_TOWN_WORD}(?:[ -](?:{_TOWN_WORD}|am|an|der|de|la|du|sur|upon|del|di)){{0,3}}"
_GAP = r"(?:,?\s{0,2}\n?\s{0,2}|,?\s{1,2})"
_UNIT = r"(?:(?:Flat|Apt|Apartment|Unit|Suite|Ste|Floor|Level|Building|Block)\.?\s?#?\w{1,5})"
_EN_TYPE = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Crescent|Cres|Close|Place|Pl|Terrace|"
    r"Ter|Way|Grove|Gardens|"
    r"Square|Sq|Highway|Hwy|Parkway|Pkwy|Parade|Pde|Mews|Row|Walk|Hill|Rise|Circle|Cir|Trail|Loop|Esplanade"
)
_UK = (
    r"(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|"
    r"[A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})"
)
_CA = r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d"
_STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|"
    r"W[AIVY]|"
    r"NSW|VIC|QLD|TAS|ACT|NT|ON|QC|BC|AB|MB|SK|NS|NB)"
)
_EN_TAIL = (
    rf"(?:{_GAP}{_UNIT})?"
    rf"(?:{_GAP}(?!(?:Please|Thanks|Thank|And|But|I|It|The|My|We|You|Not|So|He|She|They|Can|Is|Why|No|Yes)\b){_CITY})?"
    rf"(?:,?\s{{1,2}}{_STATE}\b)?(?:,?\s{{1,2}}(?:{_UK}|{_CA}|\d{{5}}(?:-\d{{4}})?|\d{{4}}(?!\d))(?!\w))?"
)
_EN_NAME = rf"(?:(?:{_WORD}|\d{{1,3}}(?:st|nd|rd|th))\s){{1,4}}?"
_HOUSE = rf"(?:(?:{_WORD}\s){{1,2}}(?:Cottage|House|Lodge|Farm|Court)(?:,\s?|\s))?(?:{_UNIT}(?:,\s?|/|\s))?"
_TOWN = rf"{_GAP}(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s{_CITY}"
_NUMBER = r"\d{1,4}(?:\s?[a-zA-Z](?!\w))?(?:\s?[/-]\s?\d{1,4})?"
_DE_TYPE = r"straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|steig|graben"
_NO_UNIT = (
    r"(?!\s?(?:Stunden?|Minuten?|Sekunden|Uhr|Tagen?|Wochen?|Monaten?|Jahren?|Mal|mal|x|km|Meter|\u20ac|EUR|Prozent|"
    r"Pakete?)\b)(?![.,:]\d)"
)
_NL_TYPE = r"straat|laan|weg|plein|gracht|kade|singel|dijk|steeg|hof|dreef|pad"
_NL_CODE = r"\d{4}\s?[A-Z]{2}"
_FR_TYPE = r"rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|route|cours|square"
_ES_TYPE = r"Calle|C/|Avda\.?|Av\.|Avenida|Plaza|Pza\.?|Paseo|Pº|Camino|Carretera|Ronda|Travesía"
_IT_TYPE = r"Via|Viale|Piazza|Piazzale|Corso|Largo|Vicolo|Strada|Lungo\w{2,8}"
_PT_TYPE = r"Rua|R\.|Avenida|Av\.|Travessa|Praça|Alameda|Largo"
_OF = (
    r"(?:de|del|della|dello|dei|di|da|das|do|dos|la|las|los|el|les|le|l['’]|d['’]|du|des|van|von|der|den|"
    r"ter|ten|y|e)"
)
_NAME = rf"(?:(?:{_OF}\s|l['’]|d['’]){{0,3}}{_WORD}(?:\s(?:{_OF}\s){{0,2}}{_WORD}){{0,4}})"

_SHAPES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(rf"(?<![\w/.@-])(?:{shape})(?!\w)")
    for shape in (
        rf"{_HOUSE}\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,5}})?,?\s{_EN_NAME}(?:{_EN_TYPE})\b\.?(?:\s(?:North|South|East|"
        rf"West|[NSEW])\b)?{_EN_TAIL}",
        rf"P\.?\s?O\.?\s?[Bb]ox\s\d{{1,6}}{_EN_TAIL}",
        rf"(?:(?:{_UP}[\wß-]{{1,30}}(?:{_DE_TYPE})|(?:{_UP}[\w-]{{1,20}}[ -]){{1,3}}(?:Straße|Strasse|"
        rf"Str\.|Platz|Weg|Allee|Ring|Gasse|Markt|Damm|Ufer)"
        rf")\s{_NUMBER}{_NO_UNIT}(?:{_TOWN})?)",
        # "Im Januar 2026" and "Am Montag 12 Uhr" are no streets: here the town has to follow.
        rf"(?:{_UP}[\wß-]{{1,30}}(?:berg|hof|markt|stieg)|(?:Am|An|Im|In|Auf|Unter|Zum|Zur)\s(?:(?:der|den|dem|"
        rf"Alten|Neuen)\s){{0,2}}{_UP}[\wß-]{{2,30}})\s{_NUMBER}{_TOWN}",
        rf"(?:{_UP}[\w-]{{1,30}}(?:{_NL_TYPE})|(?:Laan|Plein|Weg|"
        rf"Kade)\s{_NAME})\s{_NUMBER}(?:{_GAP}(?:{_NL_CODE}\s{_CITY}|{_NL_CODE}|\d{{4}}\s{_CITY}))?",
        rf"\d{{1,4}}(?:\s?(?:bis|ter|[A-D])(?!\w))?,?\s(?:{_FR_TYPE}|Rue|Avenue|Boulevard|Place|Chemin|"
        rf"Allée)\s{_NAME}"
        rf"(?:{_GAP}(?:\d{{5}}\s{_CITY}|{_CITY}\s(?:QC\s)?{_CA}))?",
        rf"(?:Rue|rue|Avenue|Chaussée)\s{_NAME}\s{_NUMBER}(?:{_GAP}\d{{4,5}}\s{_CITY})?",
        rf"(?:{_ES_TYPE})\s?{_NAME},?\s(?:n[º\u00b0o]\.?\s?|"
        rf"número\s)?\d{{1,4}}(?:,?\s\d{{1,2}}[º\u00b0ª]\s?[A-Z]?(?!\w))?(?:{_GAP}\d{{5}}\s{_CITY})?",
        rf"(?:{_IT_TYPE})\s{_NAME},?\s\d{{1,4}}(?:/?[a-zA-Z](?!\w))?(?:{_GAP}\d{{5}}\s{_CITY})?",
        rf"(?:{_PT_TYPE})\s{_NAME},?\s(?:n[º\u00b0o]\.?\s?)?\d{{1,5}}(?:{_GAP}(?:\d{{5}}-\d{{3}}|"
        rf"\d{{4}}-\d{{3}})\s?{_CITY}|,\s{_CITY})?",
        rf"(?:ul|al|pl|os)\.\s{_NAME}\s{_NUMBER}(?:{_GAP}\d\d-\d{{3}}\s{_CITY})?",
        rf"{_UP}\w{{1,25}}(?:gatan|vägen|gata|torget|gränd|allén|vej|gade|veien|"
        rf"vegen)\s{_NUMBER}(?:{_GAP}(?:\d{{3}}\s\d\d|\d{{4}})\s{_CITY})?",
        rf"{_UK.replace(' ?', ' ')}",
        rf"{_CA.replace(' ?', ' ')}",
    )
)
_CUED = re.compile(
    r"(?<!\w)(?:address(?:\s+(?:is|was))?|live\s+at|living\s+at|deliver(?:ed)?\s+(?:it\s+)?to|"
    r"ship(?:ped)?\s+(?:it\s+)?to|sen[dt]\s+(?:it\s+)?to|"
    r"moved\s+to|redirect\s+(?:it\s+)?to)\s{0,2}:?\s{0,2}"
    rf"(?P<value>\d{{1,5}}[a-z]?\s(?:[\w'’.-]{{1,20}}\s){{1,3}}?(?:{_EN_TYPE})(?!\w)(?:\s{_UNIT})?)",
    re.IGNORECASE,
)
_SMALL = re.compile(
    rf"(?<![\w.,-])(?P<value>(?:flat\s\w{{1,4}},?\s)?\d{{1,4}}[a-z]?\s(?:[a-z'’-]{{2,20}}\s){{1,3}}?(?:{_EN_TYPE}),?\s"
    rf"(?:[a-z'’-]{{2,20}},?\s){{0,4}}?{_UK})(?!\w)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(rf"\bpost\s?code\s?(?:is|:)?\s{{0,2}}(?P<value>{_UK})(?!\w)", re.IGNORECASE)
_SIGNS = re.compile(r"[\W_]+")


def find_addresses(text: str, _scene: Scene) -> Iterator[Found]:
    """Streets with their numbers, with postcode and town where they follow; British and Canadian postcodes alone.

    In lower case only English ones, after words such as "I live at".
    """
    if not any(c.isdigit() for c in text):
        return
    for shape in _SHAPES:
        for match in shape.finditer(text):
            yield _found(match, 0)
    for cued in (_CUED, _SMALL, _POSTCODE):
        for match in cued.finditer(text):
            yield _found(match, "value")


def _found(match: re.Match[str], group: int | str) -> Found:
    return Found(*match.span(group), Kind.ADDRESS, _SIGNS.sub(" ", match[group]).strip().casefold())
