"""By what a customer is recognised over channels: an address, a number, an id. A bare name is never enough."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent_assist.capture.names import real_name, words_of
from agent_assist.records import Contact, ContactKind, CustomerRecord

MAX_CONTACTS = 40
_LOCAL = 9
"""Last digits that make a number with and one without a country code the same; fewer are shared by strangers."""
_FEWEST_DIGITS = 7

_KINDS = {
    ContactKind.EMAIL: frozenset({"email", "email address", "mail", "mail address"}),
    ContactKind.PHONE: frozenset({"phone", "phone number", "telephone", "tel", "mobile", "mobile number", "cell"}),
    ContactKind.ID: frozenset({"id", "customer id", "customer number", "customer no", "user id", "contact id"}),
}
_MARKS = re.compile(r"[\W_]+")


def contacts_of(record: CustomerRecord | None) -> list[Contact]:
    """The contacts in a customer's record, known by the names of its fields."""
    found = []
    for name, value in record.fields if record else ():
        plain = _MARKS.sub(" ", name.casefold()).strip().replace("e mail", "email")
        found += [Contact(kind, value) for kind, names in _KINDS.items() if plain in names]
    return found


def added_to(known: tuple[Contact, ...], new: Iterable[Contact]) -> tuple[Contact, ...]:
    """The known contacts and the new ones that can be compared and are no known one written otherwise."""
    forms = {_form(c) for c in known}
    kept = list(known)
    for contact in new:
        form = _form(contact)
        if form and form not in forms and len(kept) < MAX_CONTACTS:
            forms.add(form)
            kept.append(contact)
    return tuple(kept)


def shared(one: Iterable[Contact], other: Iterable[Contact]) -> Contact | None:
    """The first mark of the one that the other has too."""
    others = list(other)
    return next((c for c in one if any(_same(c, o) for o in others)), None)


@dataclass(frozen=True, slots=True)
class Who:
    """What tells who a customer is: contacts, and names as they are written."""

    contacts: tuple[Contact, ...]
    names: frozenset[str]


def is_same(one: Who, other: Who) -> bool:
    """Whether both are one customer, as far as can be told: a contact counts for more than a name."""
    contacts = _tell_contacts(one.contacts, other.contacts)
    return bool(_tell_names(one.names, other.names) if contacts is None else contacts)


def is_other(one: Who, other: Who, *, words: bool = False) -> bool:
    """Whether both are certainly two customers; not where too little is told.

    Args:
        one: whom to compare.
        other: with whom.
        words: whether some of what was written is the same. Then another contact alone says too little: somebody
            may have corrected it.
    """
    contacts, names = _tell_contacts(one.contacts, other.contacts), _tell_names(one.names, other.names)
    if contacts is None:
        return names is False
    return contacts is False and not (words and names)


def _tell_contacts(one: tuple[Contact, ...], other: tuple[Contact, ...]) -> bool | None:
    """Whether two have a mark in common; None where they have none that can be compared."""
    if shared(one, other) is not None:
        return True
    kinds = {c.kind for c in one if _form(c)} & {c.kind for c in other if _form(c)}
    return False if kinds else None


def _tell_names(one: Iterable[str], other: Iterable[str]) -> bool | None:
    """Whether a name of both is the same or a part of the other ("Maya", "Maya Reyes"); None where one has none."""
    here, there = _words_of_names(one), _words_of_names(other)
    if not here or not there:
        return None
    return any(a <= b or b <= a for a in here for b in there)


def _words_of_names(names: Iterable[str]) -> set[frozenset[str]]:
    bare = (real_name(name) for name in names)
    return {words for name in bare if name and (words := frozenset(words_of(name)))}


def _same(one: Contact, other: Contact) -> bool:
    if one.kind is not other.kind:
        return False
    here, there = _form(one), _form(other)
    if one.kind is not ContactKind.PHONE or here.startswith("+") == there.startswith("+"):
        return bool(here) and here == there
    return min(len(here.lstrip("+")), len(there.lstrip("+"))) >= _LOCAL and here[-_LOCAL:] == there[-_LOCAL:]


def _form(contact: Contact) -> str:
    """A contact in the one spelling that is compared; "" where it is none."""
    value = contact.value.strip().casefold()
    if contact.kind is ContactKind.ID:
        return value
    if contact.kind is ContactKind.EMAIL:
        bare = value.removeprefix("mailto:").strip(" <>\"'")
        return bare if "@" in bare.strip("@") else ""
    # "+44 (0)20 …" is written for people of both sides of the border.
    digits = "".join(c for c in value.replace("(0)", "") if c.isdecimal() and c.isascii())
    if len(digits) < _FEWEST_DIGITS:
        return ""
    if value.lstrip("tel:( ").startswith("+"):
        return "+" + digits
    return "+" + digits[2:] if digits.startswith("00") else digits
