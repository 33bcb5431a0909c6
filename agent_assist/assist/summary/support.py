"""Whether the customer's own turns carry a line that the model wrote about them, and which turns do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent_assist.assist import claims
from agent_assist.assist.cite import Citer, stems
from agent_assist.assist.sentences import first_sentences, is_complete
from agent_assist.assist.summary.fields import OUR_SIDE
from agent_assist.records import Conversation, Line, Speaker

_CUSTOMER = (Speaker.CUSTOMER,)
_REPORTING = re.compile(
    r"\b(?:agent|customer|has|have|informed|asked|asking|told|explained|provided|said|says|offered|stated|mentioned|"
    r"suggested|advised|acknowledged|requested|requesting|apologi[sz]ed|confirmed|assistance|further|complaining|unable|"
    r"experiencing|issues?|problems?|being|about|wants?|lack)\b",
    re.IGNORECASE,
)
_JOINING = re.compile(r"\b(?:know|whether|although|though|if)\b", re.IGNORECASE)
# The model likes to go on with the other side's part, or to end on "and is asking for help with it".
_OTHER_SIDE = re.compile(
    r",? (?:and|but|while|so) (?:that )?(?:the|our) (?:agent|team|company|representative)\b.*$"
    r"|,? and (?:is |are |they are )?asking (?:the agent|for (?:help|assistance|support))\b.*$",
    re.IGNORECASE,
)
# What the customer wants of the agent is the customer's wish.
_OF_THE_AGENT = re.compile(r"^\s*the agent(?= to\b)", re.IGNORECASE)
_SOMEBODY_ELSE = re.compile(r"^\s*(?:service|support|care|experience)\b|\bthe agent(?:'s)?\b", re.IGNORECASE)
_BROKEN = re.compile(r"\s[.,]|\b(?:a|an|the|and|or) ?[.,]$", re.IGNORECASE)
# "They want to" breaks off; "whom to give the keys to" and "the flat that it was sent to" do not.
_HANGS = re.compile(r"\b(?:to|of|with) ?[.,]$", re.IGNORECASE)
_HUNG = re.compile(
    r"\b(?:who|whom|what|which|where)\b(?:\W+[\w'-]+){1,9}?\W+(?:to|of|with)\W*$"
    r"|\b(?:is|are|was|were|be|been|being)\W+\w+(?:ed|nt|en|ld)\W+(?:to|of|with)\W*$",
    re.IGNORECASE,
)
_WISH = re.compile(r"\b(?:asking|wants)$")
# Who wants "to have the fee refunded" does not say that it was.
_WISHED = re.compile(
    r"\b(?:to (?:have|get|be|see|receive)|(?:have|get|being))\b(?:(?!\b(?:was|were|been|already|that)\b)[^.;])"
    r"{0,60}?\b(?:approved|granted|refunded|credited|reimbursed|waived|refund|credit|compensation|voucher)\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"@(?=\w)")
_LONGEST = 40
_LEAST = 0.6
_PLAINLY = 0.8
_LEAST_CITED = 0.5


@dataclass(frozen=True, slots=True)
class Supported:
    """A line that passed.

    Attributes:
        line: with its turns.
        support: the share, 0 to 1, of its content words that the cited turns have.
    """

    line: Line
    support: float


class Support:
    """Checks lines about the customer of one conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self._citer = Citer(conversation)
        self._evidence = claims.Evidence(conversation)

    def check(self, text: str, opening: str) -> Supported | None:
        """A written line with the turns it stands on, None where it may not be shown.

        Args:
            text: what was written, with its opening.
            opening: the words that we began it with; they prove nothing.
        """
        line = _tidied(text)
        rest = line.removeprefix(opening)
        wish = _WISH.search(opening.rstrip()) is not None and not rest.lstrip().startswith("why")
        about = _OF_THE_AGENT.sub("", rest) if wish else rest
        if rest == line or _is_broken(rest) or _SOMEBODY_ELSE.search(about):
            return None
        if not self._is_sound(line):
            return None
        said = self._told(rest, _CUSTOMER)
        covered = self._citer.coverage(said, _CUSTOMER)
        # A line that our turns carry better tells what we said.
        if covered < _LEAST or covered < min(self._citer.coverage(said, OUR_SIDE), _PLAINLY):
            return None
        # What we are said to have done for them has to stand in a turn of ours, whatever a customer's turn says.
        if self._citer.grants_unsaid(_WISHED.sub(" ", rest) if wish else rest, complaint=not wish):
            return None
        # After "that" stands a whole clause, with a verb that has to agree too.
        clause = f"that{rest}" if opening.endswith(" that") else rest
        return self._cited(line, clause, said, _CUSTOMER, wish)

    def check_ours(self, text: str, opening: str) -> Supported | None:
        """The same for a line about what our side has said, asked or done: only turns of ours carry it."""
        line = first_sentences(" ".join(text.split()), 1)
        rest = line.removeprefix(opening)
        if rest == line or _is_broken(rest) or not self._is_sound(line):
            return None
        said = self._told(rest, OUR_SIDE)
        if self._citer.coverage(said, OUR_SIDE) < _LEAST or self._citer.grants_unsaid(rest):
            return None
        return self._cited(line, rest, said, OUR_SIDE)

    def _is_sound(self, line: str) -> bool:
        """Whether a line is whole, not too long, and states no specific that the conversation lacks."""
        if self._stops_within_number(line) or not is_complete(line) or len(line.split()) > _LONGEST:
            return False
        return all(claim.supported for claim in claims.find(claims.unhidden(line)[0], self._evidence))

    def _cited(
        self, line: str, clause: str, said: str, side: tuple[Speaker, ...], wish: bool = False
    ) -> Supported | None:
        """A line with its turns; None where those of one side carry too little of it, or deny it."""
        turns = self._citer.cite(said, side)
        support = self._citer.carried(said, turns)
        if not turns or support < _LEAST_CITED or not self._citer.agrees(clause, said, turns, wish):
            return None
        return Supported(Line(line, turns), support)

    def _told(self, rest: str, side: tuple[Speaker, ...]) -> str:
        """What a line tells: without words that only report, and without "know whether" where all else is said."""
        said = _REPORTING.sub(" ", rest)
        bare = _JOINING.sub(" ", said)
        return bare if self._citer.coverage(bare, side) >= _PLAINLY else said

    def _stops_within_number(self, line: str) -> bool:
        """Whether its last full stop is one inside a number or an address of the conversation ("10.16.", "$3.")."""
        last = re.search(r"\S*\d\.$", line)
        return last is not None and re.search(rf"{re.escape(last[0].lower())}\d", self._evidence.searched) is not None


def _is_broken(rest: str) -> bool:
    return _BROKEN.search(rest) is not None or (_HANGS.search(rest) is not None and _HUNG.search(rest) is None)


def _tidied(text: str) -> str:
    line = _HANDLE.sub("", first_sentences(" ".join(text.split()), 1))
    cut = _OTHER_SIDE.sub("", line)
    return line if cut == line else cut.rstrip(" ,;.") + "."


def says_the_same(text: str, other: str, share: float = 0.6) -> bool:
    """Whether most of what a line says stands in another one already; True for a line that says nothing."""
    words = content(text)
    return len(words & content(other)) >= share * len(words)


def content(text: str) -> set[str]:
    """The content words of a line, without those that only report."""
    return stems(_REPORTING.sub(" ", text))
