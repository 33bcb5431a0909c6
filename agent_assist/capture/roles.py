"""Who of the speakers is the customer: told, named by a role, or judged by what is said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from agent_assist.capture.cues import lean
from agent_assist.capture.draft import Piece
from agent_assist.capture.names import is_self, key, real_name, role_of
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker, Turn

_FIRST_SPEAKER = 0.5
_SURE_AGENT = 2.0
_JUDGED_TURNS = 40
_SHOWN = 5
_CUTOFF = 0.75


@dataclass(frozen=True, slots=True)
class Cast:
    """The role of each speaker by `Piece.who`, and what was guessed."""

    roles: Mapping[str, Speaker]
    notes: tuple[str, ...] = ()


def cast(pieces: Sequence[Piece], customer: str | None = None) -> Cast:
    """Settles the roles of all speakers whose pieces do not carry one.

    Args:
        pieces: in order.
        customer: the customer's name as the person typed it; overrides all else.

    Raises:
        KnownError: when nobody in the text goes by that name.
    """
    names = {p.who: p.name for p in pieces if p.speaker is None}
    known = {who: role_of(name) if name else None for who, name in names.items()}
    if customer is not None:
        told = match_name(customer, {who: name for who, name in names.items() if name})
        return Cast({who: _beside(role) if who != told else Speaker.CUSTOMER for who, role in known.items()})
    _place_self(names, known)
    unknown = [who for who, role in known.items() if role is None]
    if not unknown:
        roles = {who: role for who, role in known.items() if role is not None}
        missing = roles and Speaker.CUSTOMER not in roles.values()
        return Cast(roles, ("No customer was found among the speakers.",) if missing else ())
    if Speaker.CUSTOMER in known.values():
        return Cast(_filled(known, Speaker.AGENT))
    return _judge(pieces, names, known, unknown)


def match_name(wanted: str, names: Mapping[str, str]) -> str:
    """The key of the speaker whom a typed name means: the same, its beginning, one of its words, or nearly so.

    Raises:
        KnownError: when none fits; it lists the speakers.
    """
    target = key(wanted)
    spelled = {who: key(name) for who, name in names.items()}
    if target:
        for fits in (str.__eq__, str.startswith, _has_word, str.__contains__):
            hits = [who for who, name in spelled.items() if fits(name, target)]
            if hits:
                return hits[0]
        close = get_close_matches(target, list(spelled.values()), n=1, cutoff=_CUTOFF)
        if close:
            return next(who for who, name in spelled.items() if name == close[0])
    if not names:
        raise KnownError(
            "The text does not name its speakers, so a customer's name cannot be used. Leave it out, or swap the roles."
        )
    shown = ", ".join(list(dict.fromkeys(names.values()))[:_SHOWN])
    more = ", ..." if len(names) > _SHOWN else ""
    raise KnownError(f"No speaker goes by the customer's name that was given. The speakers are: {shown}{more}.")


def customer_name(turns: Iterable[Turn]) -> str | None:
    """The customer's own name, where a turn of theirs shows one and not just a role."""
    return next((n for t in turns if t.speaker is Speaker.CUSTOMER and (n := real_name(t.name))), None)


_GUESSED = "to be the customer"


def swap_roles(conversation: Conversation) -> Conversation:
    """Exchanges customer and agent on every turn; bots and the system stay what they are, and so does the id."""
    other = {Speaker.CUSTOMER: Speaker.AGENT, Speaker.AGENT: Speaker.CUSTOMER}
    turns = tuple(replace(t, speaker=other.get(t.speaker, t.speaker)) for t in conversation.turns)
    notes = tuple(note for note in conversation.notes if _GUESSED not in note)
    return replace(conversation, turns=turns, customer=customer_name(turns), notes=notes)


def _has_word(name: str, word: str) -> bool:
    return word in name.split()


def _beside(role: Speaker | None) -> Speaker:
    """What a speaker is once somebody else is known to be the customer."""
    return role if role in (Speaker.BOT, Speaker.SYSTEM) else Speaker.AGENT


def _place_self(names: Mapping[str, str], known: dict[str, Speaker | None]) -> None:
    """Takes "You" for the agent who pasted the chat, unless somebody else in it is the agent."""
    others = [role for who, role in known.items() if not is_self(names[who])]
    for who, name in names.items():
        if is_self(name):
            served = others and all(role in (Speaker.AGENT, Speaker.BOT, Speaker.SYSTEM) for role in others)
            known[who] = Speaker.CUSTOMER if served else Speaker.AGENT


def _filled(known: Mapping[str, Speaker | None], rest: Speaker) -> dict[str, Speaker]:
    return {who: role or rest for who, role in known.items()}


def _judge(
    pieces: Sequence[Piece], names: Mapping[str, str], known: Mapping[str, Speaker | None], unknown: Sequence[str]
) -> Cast:
    scores = _scores(pieces, unknown)
    agent_known = Speaker.AGENT in known.values()
    if len(unknown) == 1:
        only = unknown[0]
        if not agent_known and Speaker.BOT not in known.values() and scores[only] >= _SURE_AGENT:
            return Cast(
                _filled(known, Speaker.AGENT), ("Everything here reads as written by an agent; no customer was found.",)
            )
        return Cast(_filled(known, Speaker.CUSTOMER))
    chosen = min(unknown, key=lambda who: scores[who])
    roles = {who: role or (Speaker.CUSTOMER if who == chosen else Speaker.AGENT) for who, role in known.items()}
    name = names[chosen]
    taken = f"{name} was taken" if name else "One writer was taken"
    return Cast(roles, (f"{taken} {_GUESSED}, judging by what was said; swap the roles if that is wrong.",))


def _scores(pieces: Sequence[Piece], unknown: Sequence[str]) -> dict[str, float]:
    """How much each speaker sounds like an agent; whoever speaks first gets the benefit of being the customer."""
    leans: dict[str, list[float]] = {who: [] for who in unknown}
    first = next((p for p in pieces if p.who in leans), None)
    for piece in pieces:
        if piece.who in leans and len(leans[piece.who]) < _JUDGED_TURNS:
            leans[piece.who].append(lean(piece.text))
    scores = {who: sum(values) / math.sqrt(len(values)) for who, values in leans.items()}
    if first is not None and leans[first.who][0] < _SURE_AGENT:
        scores[first.who] -= _FIRST_SPEAKER
    return scores
