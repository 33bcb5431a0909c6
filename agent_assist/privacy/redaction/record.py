"""What the name of a field in a customer's record says of its value."""

from __future__ import annotations

import re

from agent_assist.privacy.redaction.kinds import Kind

_FIELDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:{words})", re.IGNORECASE))
    for kind, words in (
        (
            Kind.PASSWORD,
            r"(?:account\s+|login\s+)?(?:password|passwort|kennwort|mot\s+de\s+passe|contraseña|wachtwoord|senha|memorable\s+word)",
        ),
        (Kind.PIN, r"(?:card\s+|account\s+)?pin(?:\s+code)?"),
        (Kind.CVV, r"cvv2?|cvc2?|security\s+code"),
        (
            Kind.NAME,
            r"(?:customer|contact|full|first|last|given|family|sur|account\s+holder|holder|middle|billing|shipping)?[\s_-]*name|surname|customer|"
            r"contact|account[\s_-]*holder|kunde|kundenname|vorname|nachname|nom|prénom|nombre|apellidos?|nome|cognome|naam|voornaam|achternaam",
        ),
        (
            Kind.ADDRESS,
            r"(?:home|billing|shipping|delivery|postal|street)?[\s_-]*(?:address|street)(?:[\s_-]*(?:line)?[\s_-]*\d)?|adresse|anschrift|"
            r"straße|dirección|indirizzo|adres|endereço|post\s?code|zip(?:\s+code)?",
        ),
        (
            Kind.PHONE,
            r"(?:home|work|mobile|cell)?[\s_-]*(?:tele)?phone(?:[\s_-]*number)?|mobile|cell|telefon\w*|handy|téléphone|teléfono|telefono|telefoon",
        ),
        (
            Kind.ID,
            r"ssn|national[\s_-]*(?:id|insurance)(?:[\s_-]*(?:number|no))?|social[\s_-]*security[\s_-]*number|passport(?:[\s_-]*(?:number|no))?|tax[\s_-]*id",
        ),
    )
)


def field_kind(name: str) -> Kind | None:
    """The kind that a whole value is by its field's name, None where the name does not say."""
    plain = name.strip().rstrip(":").strip()
    return next((kind for kind, words in _FIELDS if words.fullmatch(plain)), None)
