"""Who of the people in a mailbox is the desk, and who is a customer."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from agent_assist.capture.mail_headers import Person
from agent_assist.capture.names import role_of
from agent_assist.records import Speaker

_WORDS = tomllib.loads(files(__package__).joinpath("mail.toml").read_text("utf-8"))
_DESK_WORDS = frozenset(_WORDS["desk"])
_ROLE_WORDS = _DESK_WORDS | frozenset(_WORDS["company"])
_MACHINE = re.compile(
    r"(?:no|do[-_.]?not|dont)[-_.]?reply|notifications?|alerts?|mailer|automat\w*|nicht[-_.]?antworten", re.I
)
_BOUNCER = re.compile(r"mailer-daemon|postmaster|mail-daemon|maildelivery", re.I)
_PUBLIC = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|aol|icloud|me|mac|gmx|web|t-online|freenet|proton|protonmail|"
    r"pm|zoho|yandex|mail|orange|wanadoo|free|laposte|sfr|libero|virgilio|qq|163|126|btinternet|sky|comcast|verizon|att)"
    r"\.(?:com?|net|org|de|at|ch|fr|it|es|nl|ru|me|uk|co\.uk|com\.\w\w|co\.jp)"
)
_OWNER_SHARE = 0.9
_OWNER_MEETS = 3


def is_role(person: Person) -> bool:
    """Whether an address is that of a function: support@, info+123@, no-reply@."""
    return _is_called(person, _ROLE_WORDS) or is_machine(person)


def _is_called(person: Person, names: frozenset[str]) -> bool:
    words = re.split(r"[-_.+]", person.local[:64])
    return words[0] in names or words[-1] in names


def is_machine(person: Person) -> bool:
    """Whether an address only sends."""
    return _MACHINE.match(person.local[:64]) is not None


def is_bouncer(person: Person) -> bool:
    """Whether an address is that of a mail server itself."""
    return _BOUNCER.match(person.local[:64]) is not None


@dataclass(slots=True)
class Desk:
    """The side of the desk in one file.

    Attributes:
        addresses: that belong to it by themselves.
        domains: all of whose addresses do.
    """

    addresses: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)

    def has(self, person: Person) -> bool:
        """Whether somebody belongs to the desk, as far as the file tells."""
        return person.address in self.addresses or person.domain in self.domains

    def add(self, person: Person) -> None:
        """Takes an address for the desk's, and its company with it."""
        self.addresses.add(person.address)
        if not _PUBLIC.fullmatch(person.domain):
            self.domains.add(person.domain)


def find_desk(mails: Sequence[tuple[Person, Sequence[Person]]], owners: Iterable[Person]) -> Desk:
    """The desk's side of a whole file.

    Args:
        mails: writer and receivers of each, in order of time.
        owners: addresses that the mailbox itself says are its own.
    """
    desk = Desk()
    for owner in owners:
        desk.add(owner)
    if not desk.addresses:
        counts, meets = Counter[Person](), defaultdict[str, set[str]](set)
        for writer, receivers in mails:
            everybody = {p.address: p for p in (writer, *receivers)}
            for person in everybody.values():
                counts[Person(person.address)] += 1
                meets[person.address].update(list(everybody)[:20])
        _add_by_counts(desk, mails, counts, meets)
    for writer, receivers in mails:
        for person in (writer, *receivers):
            if (
                person.name
                and person.address not in desk.addresses
                and role_of(person.name) in (Speaker.AGENT, Speaker.BOT)
            ):
                desk.addresses.add(person.address)
    return desk


def _add_by_counts(
    desk: Desk,
    mails: Sequence[tuple[Person, Sequence[Person]]],
    counts: Counter[Person],
    meets: dict[str, set[str]],
) -> None:
    """The functional address of the company that most mails go to or come from, else who is in nearly all of them."""
    roles = [p for p in counts if is_role(p)]
    domains = Counter[str]()
    for person in roles:
        domains[person.domain] += counts[person]
    first = mails[0][0].domain if mails else ""
    serving = {p.domain for p in roles if _is_called(p, _DESK_WORDS)}
    if domains:
        best = max(domains, key=lambda d: (domains[d], d in serving, d != first))
        for person in roles:
            if person.domain == best:
                desk.add(person)
        return
    for person, count in counts.most_common(3):
        if count >= _OWNER_SHARE * len(mails) and len(meets[person.address]) > _OWNER_MEETS:
            desk.add(person)
            return


@dataclass(frozen=True, slots=True)
class Roles:
    """The side of each writer of one conversation, by address or name, and what was guessed."""

    customers: frozenset[str]
    note: str = ""


def settle(writers: Sequence[tuple[str, Person]], desk: Desk, told: str) -> Roles:
    """Who of a conversation's writers is the customer.

    Args:
        writers: key and person of each in order of their first mail; without machines.
        desk: the desk of the file.
        told: the customer's address where the person gave one, else empty.
    """
    if told and any(key == told for key, _ in writers):
        return Roles(frozenset((told,)))
    outside = [(key, p) for key, p in writers if not desk.has(p) and role_of(p.name) is not Speaker.AGENT]
    people = [(key, p) for key, p in outside if not is_role(p)]
    if people and len(people) < len(outside):
        outside = people
    if len(outside) == len(writers) and len(writers) > 1:
        key, first = outside[0]
        side = {k for k, p in outside if p.domain == first.domain and first.domain and not _PUBLIC.fullmatch(p.domain)}
        who = first.name or first.local
        customers = frozenset(side | {key}) if len(side) < len(writers) else frozenset((key,))
        return Roles(
            customers, f"{who} was taken to be the customer, having written first; swap the roles if that is wrong."
        )
    if outside:
        note = "Several people wrote from outside the desk; all of them were taken for the customer's side."
        return Roles(frozenset(key for key, _ in outside), note if len(outside) > 1 else "")
    plain = [key for key, p in writers if not is_role(p) and role_of(p.name) is not Speaker.AGENT]
    if plain and len(writers) > 1:
        who = next(p.name or p.local for key, p in writers if key == plain[0])
        return Roles(
            frozenset(plain[:1]),
            f"{who} was taken to be the customer, writing to colleagues; swap the roles if that is wrong.",
        )
    return Roles(frozenset(), "No customer was found among the writers.")
