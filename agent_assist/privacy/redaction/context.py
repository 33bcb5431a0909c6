"""What the words around a number say of it: that it is what is looked for, that it is something else, or nothing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from enum import Enum, auto

from agent_assist.privacy.redaction.kinds import Places, Scene

_REACH = 64
"""Characters in front of a number in which a word may name it."""
_NEAR = 40
"""The same for a word that makes it something else: such words stand right at their number."""
_AFTER = 32
"""The same behind it: "123-45-6789 is my social"."""
_ANSWER = 90
"""A text no longer than this may be the answer to what was asked before it."""
_ASKED = 200

# What other numbers of customer service are called in a dozen languages: words that may go on, and whole words.
_STEMS = (
    r"track|parcel|shipment|consignment|waybill|invoice|receipt|booking|reservation|confirmation|reference|serial|"
    r"transaction|docket|complaint|member(?:ship)?\s+(?:n|id|card)|"
    r"(?:customer|account|client|consumer|loyalty|user|employee|station|staff|meter|item|product|article|job|request|"
    r"incident|registration|licen[cs]e|part|insurance|contract|case|claim|card)\s+(?:no|num|nr|id|code|ref)|"
    r"bestell|auftrag|rechnung|kunden?n|sendung|vertrag|zähler|vorgang|artikel|referenz|seriennummer|mitglied|buchung|"
    r"aktenzeichen|commande|suivi|colis|facture|référence|contrat|pedido|factura|seguimiento|incidencia|referencia|"
    r"expediente|ordin[ei]|fattur|spedizion|codice\s+(?:cliente|prodotto|ordine)|partita|seriale|factuur|klantn|zending|"
    r"zamówieni|faktur|przesyłk|zgłoszeni|klienta|kolli|ärende|encomenda|fatura|protocolo|nota\s+fiscal|"
    r"código\s+de\s+rastreio|sipariş|kargo|takip|tilau|comanda|version|versión|ordrenum|ordernum|\u6ce8\u6587"
)
_WORDS = (
    r"orders?|awb|bill|tickets?|cases?|claims?|ref|refs|imei|isbn|sku|upc|ean|vin|model|build|batch|lots?|error|utr|pnr|"
    r"policy|contract|flight|rooms?|mpan|mprn|nmi|abn|acn|vat|gst|gstin|ein|on\s+the\s+slip|police|fall|ust|plz|dossier|"
    r"article|siret|siren|contrato|cliente|lote|serie|guía|envío|pratica|p\.?\s?iva|bestelling|zending|regon|nip|ordre|"
    r"ocr|cnpj|cep|billet|canada\s+post|usps|ups|fedex|dhl|points"
)
# "Order number is" is as near as "number is", which may name a phone.
_NUMBER_IS = r"(?:\s+(?:number|numbers|no|nr|num|id|code)\b)?(?:\s+(?:is|ist|est|es)\b|['’]s\b)?"
OTHER = re.compile(rf"(?<!\w)(?:(?:(?:{_STEMS})\w{{0,24}}|(?:{_WORDS})\b){_NUMBER_IS})", re.IGNORECASE)


class Standing(Enum):
    """What the words around a number make of it."""

    NAMED = auto()
    BARE = auto()
    OTHER = auto()


def standing(text: str, start: int, end: int, scene: Scene, cue: re.Pattern[str], near: int = _NEAR) -> Standing:
    """Whether a number is named by `cue` or by a word for another number; the nearest word counts.

    Args:
        text: as `view` gives it.
        start: where the number begins.
        end: where it ends, exclusive.
        scene: where nothing in the text names it and the text is short, what was asked before does.
        cue: words that name it.
        near: characters in front of it in which a word makes it another number.
    """
    named = _last(cue, text, start, _REACH, scene)
    other = _last(OTHER, text, start, near, scene) or _sign(text, start)
    if named is None and other is None:
        first, wrong = _next(cue, text, end, scene), _next(OTHER, text, end, scene)
        if first is not None and (wrong is None or first <= wrong) and not _DIGIT.search(text, end, first):
            return Standing.NAMED
        if len(text) <= _ANSWER and scene.before:
            asked = len(scene.before)
            named = _last(cue, scene.before, asked, _ASKED, scene)
            other = _last(OTHER, scene.before, asked, _ASKED, scene)
    if named is None:
        return Standing.BARE if other is None else Standing.OTHER
    return Standing.NAMED if other is None or named >= other else Standing.OTHER


_DIGIT = re.compile(r"\d")


def _sign(text: str, start: int) -> tuple[int, int] | None:
    """The place of a "#" right in front of a number."""
    lead = text[max(0, start - 2) : start].rstrip()
    return (start, 1 - start) if lead.endswith("#") else None


def _last(pattern: re.Pattern[str], text: str, end: int, reach: int, scene: Scene) -> tuple[int, int] | None:
    """How near the last match before `end` comes: where it ends, then how early it begins.

    So "order number is", which ends where "number is" does, is the nearer.
    """
    begins, ends = _places(pattern, text, scene)
    k = bisect_right(ends, end) - 1
    return (ends[k], -begins[k]) if k >= 0 and ends[k] >= end - reach else None


def _next(pattern: re.Pattern[str], text: str, start: int, scene: Scene) -> int | None:
    """Where the first match behind `start` begins, if that is close."""
    begins, ends = _places(pattern, text, scene)
    k = bisect_left(begins, start)
    return begins[k] if k < len(begins) and ends[k] <= start + _AFTER else None


def _places(pattern: re.Pattern[str], text: str, scene: Scene) -> Places:
    known = scene.places.get((pattern, text))
    if known is None:
        matches = [match.span() for match in pattern.finditer(text)]
        known = [begin for begin, _ in matches], [end for _, end in matches]
        scene.places[pattern, text] = known
    return known
