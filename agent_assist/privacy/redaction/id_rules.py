"""The rules of the national ids: how each is written, what checks it, which words name it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol, cast

from stdnum.ar import cuit
from stdnum.at import vnr
from stdnum.au import tfn
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.de import idnr as steuer_id
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.il import idnr as teudat
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.tr import tckimlik
from stdnum.us import itin, ssn
from stdnum.za import idnr as za_id

_BLANKS = re.compile(r"[\s.]")


class _Checker(Protocol):
    def is_valid(self, number: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One national id.

    Attributes:
        country: ISO code.
        name: as people of the country call it.
        shape: how it is written, with and without its signs.
        valid: whether the check digits and dates in it hold.
        cue: words that name it.
        sure: a spelling that no word has to stand beside; None where there is none.
        only_at_home: whether that holds only where the conversation is likely of that country.
    """

    country: str
    name: str
    shape: re.Pattern[str]
    valid: Callable[[str], bool]
    cue: re.Pattern[str]
    sure: re.Pattern[str] | None = None
    only_at_home: bool = False


def is_nino(value: str) -> bool:
    """Whether it is a National Insurance number: it has no check digit, but letters that are never given.

    Source: HMRC, National Insurance Manual NIM39110.
    """
    plain = _BLANKS.sub("", value).upper()
    return (
        plain[0] not in "DFIQUV"
        and plain[1] not in "DFIOQUV"
        and plain[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
    )


def is_pension_number(value: str) -> bool:
    """Whether it is a German pension insurance number.

    Source: VKVV, section 4: each digit, the letter as two of them, times 2 1 2 5 7 1 2 1 2 1 2 1; the sum of the
    products' digits modulo 10.
    """
    plain = _BLANKS.sub("", value).upper()
    day, month = int(plain[2:4]), int(plain[4:6])
    if not (1 <= day <= 31 or 51 <= day <= 81) or not 1 <= month <= 12:
        return False
    digits = plain[:8] + f"{ord(plain[8]) - 64:02d}" + plain[9:11]
    products = (int(d) * w for d, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    return sum(p // 10 + p % 10 for p in products) % 10 == int(plain[11])


def is_medicare(value: str) -> bool:
    """Whether it is an Australian Medicare card number.

    Source: METeOR 270101: the first eight digits times 1 3 7 9 1 3 7 9 modulo 10 are the ninth, the tenth is the issue.
    """
    plain = re.sub(r"\D", "", value)
    total = sum(int(d) * w for d, w in zip(plain[:8], (1, 3, 7, 9, 1, 3, 7, 9), strict=True))
    return plain[0] in "23456" and total % 10 == int(plain[8])


def _by(module: ModuleType) -> Callable[[str], bool]:
    """The library's check, given the number without the blanks and dots that some of its modules do not take."""
    checker = cast(_Checker, module)
    return lambda value: checker.is_valid(_BLANKS.sub("", value))


def _rule(
    country: str,
    name: str,
    shape: str,
    valid: ModuleType | Callable[[str], bool],
    cue: str,
    sure: str | None = None,
    *,
    at_home: bool = False,
) -> Rule:
    return Rule(
        country,
        name,
        re.compile(rf"(?<![\w+])(?<![\w][.\-/])(?:{shape})(?![\w%]|[.,\-/]\d)", re.IGNORECASE),
        _by(valid) if isinstance(valid, ModuleType) else valid,
        re.compile(rf"(?<!\w)(?:{cue})(?:[\s-]{{1,2}}(?:number|num|no|nr|code|card))?(?:\s+is)?(?!\w)", re.IGNORECASE),
        re.compile(sure, re.IGNORECASE) if sure else None,
        at_home,
    )


_TAX_ID = r"tax\s+(?:id|number|no)\w{0,14}"
_SOCIAL = (
    r"social(?!\s+(?:media|network|team|care|channel)\w{0,3})(?:\s+(?:security|insurance|sec))?(?:\s+(?:number|no|"
    r"num))?"
)

RULES: tuple[Rule, ...] = (
    _rule(
        "US", "SSN", r"\d{3}[ \-]?\d{2}[ \-]?\d{4}", ssn, rf"ssn|{_SOCIAL}|{_TAX_ID}|last\s+four", r"\d{3}-\d\d-\d{4}"
    ),
    _rule("US", "ITIN", r"9\d{2}[ \-]?\d{2}[ \-]?\d{4}", itin, rf"itin|{_TAX_ID}"),
    _rule(
        "GB",
        "National Insurance number",
        r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        is_nino,
        r"ni(?:no)?|n\.i\.|national\s+insurance\w{0,7}",
        r"[A-Z]{2}( ?)\d\d\1\d\d\1\d\d\1[A-D]",
    ),
    _rule("GB", "NHS number", r"\d{3}[ \-]?\d{3}[ \-]?\d{4}", nhs, r"nhs"),
    _rule(
        "DE",
        "Steuer-ID",
        r"\d{2} ?\d{3} ?\d{3} ?\d{3}",
        steuer_id,
        r"steuer-?\s?id\w{0,28}|steuer-?\s?identifikations\w{0,8}|id-?nr|idnr|steuernummer|tin",
    ),
    _rule(
        "DE",
        "Sozialversicherungsnummer",
        r"\d{2} ?\d{6} ?[A-Z] ?\d{3}",
        is_pension_number,
        r"(?:sozial|renten)versicherungs\w{1,8}|sv-?n(?:umme)?r|rvnr|rv-nummer",
        r"\d\d ?\d{6} ?[A-Z] ?\d{3}",
        at_home=True,
    ),
    _rule(
        "FR",
        "NIR",
        r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        nir,
        r"nir|sécu|sécurité\s+sociale|numéro\s+de\s+sécu\w{0,4}|vitale|nss|insee",
        r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
    ),
    _rule(
        "ES",
        "DNI",
        r"\d{8} ?-?[A-Z]|\d{2}\.\d{3}\.\d{3} ?-?[A-Z]",
        dni,
        r"dni|nif|documento(?:\s+de\s+identidad)?",
        r"\d{8}-?[A-Z]|\d\d\.\d{3}\.\d{3}-?[A-Z]",
        at_home=True,
    ),
    _rule("ES", "NIE", r"[XYZ] ?-?\d{7} ?-?[A-Z]", nie, r"nie|dni|nif", r"[XYZ]-?\d{7}-?[A-Z]"),
    _rule(
        "IT",
        "codice fiscale",
        r"[A-Z]{3} ?[A-Z]{3} ?[0-9A-Z]{2}[A-Z][0-9A-Z]{2} ?[A-Z][0-9A-Z]{3}[A-Z]",
        codicefiscale,
        r"cf|c\.f\.|codice\s+fiscale|cod\.?\s+fiscale",
        r"[A-Z0-9 ]+",
    ),
    _rule(
        "NL",
        "BSN",
        r"\d{9}|\d{4}[. ]\d{2}[. ]\d{3}|\d{3}[. ]\d{3}[. ]\d{3}",
        bsn,
        r"bsn|burgerservice\w{0,7}|sofi-?nummer",
    ),
    _rule(
        "IN",
        "Aadhaar",
        r"\d{4}[ \-]?\d{4}[ \-]?\d{4}",
        aadhaar,
        r"aa?dh?aa?r|uid(?:ai)?",
        r"\d{4} \d{4} \d{4}",
        at_home=True,
    ),
    _rule(
        "IN",
        "PAN",
        r"[A-Z]{3}[ABCFGHJLPT][A-Z] ?\d{4} ?[A-Z]",
        pan,
        r"pan(?:\s*card)?(?:\s+(?:no|number))?|permanent\s+account\s+number",
    ),
    _rule(
        "BR",
        "CPF",
        r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}",
        cpf,
        r"cpf",
        r"\d{3}\.\d{3}\.\d{3}-\d\d",
    ),
    _rule("PL", "PESEL", r"\d{11}", pesel, r"pesel\w{0,3}"),
    _rule(
        "SE",
        "personnummer",
        r"(?:19|20)?\d{6}[ \-+]?\d{4}",
        personnummer,
        r"person-?n(?:umme)?r|personnumret|p-?nr",
        r"(?:19|20)?\d{6}-\d{4}",
        at_home=True,
    ),
    _rule(
        "CA",
        "SIN",
        r"\d{3}[ \-]?\d{3}[ \-]?\d{3}",
        sin,
        rf"sin|nas|{_SOCIAL}|numéro\s+d['’]assurance\s+sociale",
    ),
    _rule("AU", "tax file number", r"\d{3} ?\d{3} ?\d{2,3}", tfn, rf"tfn|tax\s+file(?:\s+(?:number|no))?|{_TAX_ID}"),
    _rule("AU", "Medicare card", r"[2-6]\d{3}[ \-]?\d{5}[ \-]?[1-9]", is_medicare, r"medicare"),
    _rule(
        "CH",
        "AHV",
        r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}",
        ahv,
        r"ahv(?:-?n(?:umme)?r)?|avs|sozialversicherungsnummer",
        r"756\.\d{4}\.\d{4}\.\d\d",
    ),
    _rule("DK", "CPR", r"\d{6}[ \-]?\d{4}", cpr, r"cpr(?:-?n(?:umme)?r)?|personnummer"),
    _rule("NO", "fødselsnummer", r"\d{6} ?\d{5}", fodselsnummer, r"fødselsn(?:umme)?r|personnummer|fnr"),
    _rule(
        "FI",
        "henkilötunnus",
        r"\d{6}[\-+A-FU-Y]\d{3}[0-9A-Y]",
        hetu,
        r"henkilötunnu\w{1,5}|hetu\w{0,4}|sotu",
        r"\d{6}[\-+A]\d{3}[0-9A-Y]",
    ),
    _rule(
        "BE",
        "national number",
        r"\d{2}\.?\d{2}\.?\d{2}[- ]?\d{3}[. ]?\d{2}",
        nn,
        r"rijksregister\w{0,8}|registre\s+national|niss|insz|nn",
        r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d",
    ),
    _rule("AT", "SV-Nummer", r"\d{4} ?\d{6}", vnr, r"sv-?n(?:umme)?r|sozialversicherungsn\w{1,8}|svnr|vsnr"),
    _rule("PT", "NIF", r"\d{3} ?\d{3} ?\d{3}", nif, r"nif|contribuinte"),
    _rule("IE", "PPS", r"\d{7}[A-W][A-IW]?", pps, r"pps(?:n|\s*(?:number|no))?"),
    _rule("MX", "CURP", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d", curp, r"curp", r"[A-Z0-9]+"),
    _rule("ZA", "ID number", r"\d{6} ?\d{4} ?\d{2} ?\d", za_id, r"id(?:\s+(?:number|no))?|identity\s+number"),
    _rule("TR", "TC kimlik", r"[1-9]\d{10}", tckimlik, r"t\.?c\.?(?:\s+kimlik(?:\s+no)?)?|kimlik\w{0,4}"),
    _rule("CL", "RUT", r"\d{1,2}\.?\d{3}\.?\d{3}-[0-9K]", rut, r"rut|run", r"\d{1,2}\.\d{3}\.\d{3}-[0-9K]"),
    _rule("RO", "CNP", r"[1-9]\d{12}", cnp, r"cnp(?:-?ul)?"),
    _rule("AR", "CUIL", r"\d{2}[ \-]?\d{8}[ \-]?\d", cuit, r"cui[lt]", r"2[03457]-\d{8}-\d", at_home=True),
    _rule("CZ", "rodné číslo", r"\d{6}/?\d{3,4}", rc, r"rodné\s+číslo|r\.?č"),
    _rule("BG", "EGN", r"\d{10}", egn, r"egn|егн"),
    _rule("EE", "isikukood", r"[1-8]\d{10}", ik, r"isikukood\w{0,3}|asmens\s+kod\w{1,4}"),
    _rule("GR", "AMKA", r"\d{11}", amka, r"amka|αμκα"),
    _rule("HR", "OIB", r"\d{11}", oib, r"oib"),
    _rule("IL", "teudat zehut", r"\d{8}-?\d", teudat, r"teudat(?:\s+zehut)?|israeli\s+id"),
    _rule(
        "KR",
        "RRN",
        r"\d{6}-?[1-8]\d{6}",
        rrn,
        r"rrn|resident\s+registration\w{0,7}|\uc8fc\ubbfc\ub4f1\ub85d\ubc88\ud638",
    ),
    _rule(
        "CN", "resident identity card", r"\d{17}[\dX]", ric, r"resident\s+id\w{0,7}|\u8eab\u4efd\u8bc1\w{0,3}|id\s+card"
    ),
)
