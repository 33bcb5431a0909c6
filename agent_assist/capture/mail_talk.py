"""One thread of letters -> a conversation: turns in order of time, roles, notes on what was left out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent_assist.capture.mail_body import Quoted, fold, mark_of
from agent_assist.capture.mail_headers import Person, base_subject, moment, people
from agent_assist.capture.mail_roles import Desk, settle
from agent_assist.capture.mailbox import Letter, seconds
from agent_assist.capture.mime import Mail
from agent_assist.capture.names import MAX_NAME, key
from agent_assist.capture.plain import MAX_TURNS
from agent_assist.capture.roles import customer_name
from agent_assist.records import Aside, Conversation, Speaker, Turn

_NAMED = 5
_MAX_QUOTED = 200
_ALIKE = 30


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody said, before roles are known; `order` keeps what is quoted in front of what quotes it."""

    when: float
    order: tuple[int, int]
    writer: Person
    text: str
    at: datetime | None
    letter: Letter | None = None


def conversation_of(
    thread: Sequence[Letter], desk: Desk, names: Mapping[str, str], told: str = ""
) -> Conversation | None:
    """Makes a conversation of a thread, None where nobody but machines says anything in it.

    Args:
        thread: its letters in order of time.
        desk: who belongs to the desk.
        names: the names of people in the file by address.
        told: the customer's address, where the person gave one.
    """
    counts: Counter[str] = Counter()
    said = _said(thread, names, counts)
    said.sort(key=lambda s: (s.when, s.order))
    if len(said) > MAX_TURNS:
        counts["cut"] = len(said) - MAX_TURNS
        said = said[-MAX_TURNS:]
    writers = {s.writer.address: _named(s.writer, names) for s in said if not _is_machines(s)}
    if not writers:
        return None
    roles = settle(list(writers.items()), desk, told)
    turns: list[Turn] = []
    asides: list[Aside] = []
    for s in said:
        speaker = _speaker(s, roles.customers)
        shown = _shown(s.writer, names)
        if _is_internal(s, speaker, desk, roles.customers):
            asides.append(Aside(s.text, len(turns) - 1, shown, s.at))
        else:
            turns.append(Turn(len(turns), speaker, _with_subject(s.text, thread) if not turns else s.text, shown, s.at))
    if not turns:
        return None
    notes = _notes(thread, counts, len(asides))
    return Conversation(
        id=_id(thread),
        source="email",
        turns=tuple(turns),
        customer=customer_name(turns),
        notes=(*notes, roles.note) if roles.note else tuple(notes),
        asides=tuple(asides),
    )


def _said(thread: Sequence[Letter], names: Mapping[str, str], counts: Counter[str]) -> list[_Said]:
    """What was said in a thread, mails that are only quoted included."""
    called = {key(names[p.address]): p.address for x in thread for p in (x.writer, *x.receivers) if p.address in names}
    said: list[_Said] = []
    quotes: list[tuple[int, Letter, Quoted]] = []
    known: set[str] = set()
    for n, letter in enumerate(thread):
        if letter.bounced:
            counts["bounced"] += 1
            continue
        folded = fold(letter.mail.text, letter.at, known)
        known.add(mark_of(folded.text))
        counts["signed"] += folded.signed or bool(letter.mail.signatures)
        if folded.text:
            said.append(_Said(letter.when, (n, _MAX_QUOTED), letter.writer, folded.text, letter.at, letter))
        elif not folded.quoted:
            alone = letter.subject if n == 0 and not letter.automatic else ""
            counts["empty"] += not alone
            if alone:
                said.append(_Said(letter.when, (n, _MAX_QUOTED), letter.writer, alone, letter.at, letter))
        if not letter.automatic:
            quotes += [(n, letter, q) for q in (*folded.quoted, *_inner(letter.mail, 0))[-_MAX_QUOTED:]]
    known.discard("")
    times = {time for s in said for time in _times(s.writer.address, s.at, s.text)}
    for position, (n, letter, quoted) in enumerate(quotes):
        text = _without_subject(quoted.text, letter.topic)
        mark = mark_of(text)
        if not mark or mark in known:
            continue
        address = (
            quoted.address or called.get(key(quoted.name), "") or (f"name:{key(quoted.name)}" if quoted.name else "")
        )
        if not address or quoted.at is None:
            counts["dropped"] += 1
            known.add(mark)
            continue
        times_of_it = _times(address, quoted.at, text)
        if not times.isdisjoint(times_of_it):
            continue
        known.add(mark)
        times.update(times_of_it)
        when = min(seconds(quoted.at), letter.when)
        counts["quoted"] += 1
        said.append(_Said(when, (n, position - len(quotes)), Person(address, quoted.name), text, quoted.at))
    return said or _unfolded(thread)


def _times(address: str, at: datetime | None, text: str) -> set[tuple[str, str]]:
    """When somebody wrote, to the minute; in another zone the minute of the hour is still the same, as is the text."""
    if at is None:
        return set()
    return {(address, str(int(seconds(at) // 60))), (address, f"{at.minute} {mark_of(text)[:_ALIKE]}")}


def _unfolded(thread: Sequence[Letter]) -> list[_Said]:
    """The letters as they stand, where nothing but quotations was found in them."""
    kept = [x for x in thread if not x.bounced and x.mail.text.strip()]
    return [_Said(x.when, (n, 0), x.writer, x.mail.text.strip(), x.at, x) for n, x in enumerate(kept)]


def _inner(mail: Mail, depth: int) -> Iterable[Quoted]:
    """Mails that are attached whole, as mails that are quoted."""
    for inner in mail.inner if depth < 3 else ():
        yield from _inner(inner, depth + 1)
        writers = people(inner["from"])
        at = moment(inner["date"])
        if writers:
            yield Quoted(fold(inner.text, at).text, writers[0].name, writers[0].address, at)


def _speaker(said: _Said, customers: frozenset[str]) -> Speaker:
    if said.letter is not None and said.letter.automatic:
        return Speaker.SYSTEM
    if said.writer.address in customers:
        return Speaker.CUSTOMER
    return Speaker.BOT if _is_machines(said) else Speaker.AGENT


def _is_machines(said: _Said) -> bool:
    """Whether a program wrote it; an answer within a thread that a desk's program sent is somebody's."""
    letter = said.letter
    return letter is not None and (letter.automatic or (letter.generated and not letter.parents))


def _is_internal(said: _Said, speaker: Speaker, desk: Desk, customers: frozenset[str]) -> bool:
    """Whether a colleague wrote to colleagues only, in a thread with a customer."""
    letter = said.letter
    if letter is None or speaker is not Speaker.AGENT or not customers or not letter.receivers:
        return False
    writer = said.writer.address
    return all(desk.has(p) and p.address not in customers and p.address != writer for p in letter.receivers)


def _named(person: Person, names: Mapping[str, str]) -> Person:
    return Person(person.address, names.get(person.address) or person.name)


def _shown(person: Person, names: Mapping[str, str]) -> str:
    shown = names.get(person.address) or person.name or person.local
    return shown[:MAX_NAME].strip() or "?"


def _with_subject(text: str, thread: Sequence[Letter]) -> str:
    """The first thing said, below its subject, which often is the half of it."""
    subject = base_subject(thread[0].subject)
    return text if not subject or mark_of(text).startswith(mark_of(subject)) else f"{subject}\n\n{text}"


def _without_subject(text: str, topic: str) -> str:
    first, gap, rest = text.partition("\n\n")
    return rest if gap and topic and key(base_subject(first)) == topic else text


def _id(thread: Sequence[Letter]) -> str:
    first = thread[0]
    source = (first.parents[0] if first.parents else first.id) or f"{first.topic}\n{first.when}\n{first.mail.text}"
    return "m-" + hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:12]


def _notes(thread: Sequence[Letter], counts: Counter[str], internal: int) -> list[str]:
    automatic = sum(1 for x in thread if x.automatic)
    attached = [name for x in thread for name in x.mail.attached]
    calendar = sum(x.mail.calendar for x in thread)
    sealed = sum(1 for x in thread if x.mail.sealed)
    shown = ", ".join(attached[:_NAMED]) + (f" and {len(attached) - _NAMED} more" if len(attached) > _NAMED else "")
    found = (
        (counts["quoted"], "that {is} only quoted became {a turn} of {its} own.", "earlier e-mail"),
        (counts["dropped"], "whose writer or time is not told {was} left out.", "quoted e-mail"),
        (counts["signed"], "{was} left out.", "signature"),
        (internal, "among colleagues {was} kept apart.", "e-mail"),
        (automatic, "{was} kept as {a system line}.", "automatic reply"),
        (counts["bounced"], "of a mail server {was} left out.", "report"),
        (counts["empty"], "without any text {was} left out.", "e-mail"),
        (counts["cut"], "at the beginning {was} left out, being too many.", "e-mail"),
        (calendar, "{was} left out.", "calendar invitation"),
        (sealed, "{is} encrypted and could not be read.", "e-mail"),
        (sum(1 for x in thread if x.mail.cut), "{is} very long; only {its} beginning was read.", "e-mail"),
    )
    notes = [counted(count, what, rest) for count, rest, what in found if count]
    return [*notes, f"Attachments were not opened: {shown}."] if attached else notes


def counted(count: int, what: str, rest: str) -> str:
    """A sentence about one thing or several."""
    words = _ONE if count == 1 else _MORE
    for word, form in words.items():
        rest = rest.replace(f"{{{word}}}", form)
    plural = what if count == 1 else what[:-1] + "ies" if what.endswith("reply") else f"{what}s"
    return f"{count} {plural} {rest}"


_ONE = {"is": "is", "was": "was", "its": "its", "a turn": "a turn", "a system line": "a system line"}
_MORE = {"is": "are", "was": "were", "its": "their", "a turn": "turns", "a system line": "system lines"}
