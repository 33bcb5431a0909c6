"""Whether a line denies what its texts deny, and only that: "they received it" is not "I never received it"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent_assist.assist.sentences import split
from agent_assist.assist.stems import STEM, WORD, all_words, root, roots

# Words that hold "not" but tell nothing about what happened: "not only", "it is not fair that".
_IDLE = re.compile(
    r"\bnot (?:only|just|sure|happy|fair|good|acceptable|ok(?:ay)?)\b|\bno (?:doubt|wonder|idea|problem|worries)\b"
    r"|\b(?:don't|do not|dont) (?:know|understand|care|mind)\b|\b(?:or|if|why) not\b|^\W*no\b(?=\W*,)",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"n't\b|\b(?:not|never|no|none|nothing|nobody|without|cannot|neither|nor|"
    r"(?:do|does|did|is|was|were|are|have|has|had|ca|wo|would|could|should)nt)\b",
    re.IGNORECASE,
)
# "Can't you cancel it?" asks for it, "Why doesn't it work?" says that it does not; "it's not like I ..." can be both.
_EITHER = re.compile(r"\w+n't (?:you|it|they|we|i)\b|\bnot like (?:i|we|they|there|it)\b", re.IGNORECASE)
# What says the same as "not" in other words: "does not work" and "problems with", "has not come" and "late".
_INSTEAD = re.compile(
    r"\b(?:unable|impossible|fail|lack|refus|reject|den[iy]|stop|wait|yet to|delay|late\b|lost|miss|broke|wrong|error|"
    r"fault|crash|fr[eo]ez|stuck|down\b|outage|issues?\b|problem|trouble|difficult|absen|block|declin|inab|disabl|expir|ignor)\w*",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\bwhere(?:'s| is| are|s)\b", re.IGNORECASE)
# Who "cannot install it" may well want to; who "is not cancelling" does not.
_UNWANTED = re.compile(
    r"(?:n't|\bnot|\bnever|\bdont|\bdidnt) (?:\w+ly )?(?:want|wish|ask|need|request|cancel|going to|interested|like)"
    r"|\b(?:i'm|im|i am|we're|we are) not \w+ing\b|\b(?:i|we) (?:won't|will not)\b"
    r"|^\W*(?:please )?(?:do not|don't|dont)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r";\s|\s(?=(?:but|because|although|though|whereas|while)\s)"
    r"|,\s(?=(?:and|so|then|please|now|just|i|we|you|it|he|she|they|my|the|this|that|there|if|when|refund|cancel|send|"
    r"give)\b)",
    re.IGNORECASE,
)
# Where one statement ends and the next begins, with or without a comma: people on a call speak none.
_PIECE = re.compile(
    r"[,:]\s|\s[-–—]+\s|[()]"
    r"|\s(?=(?:because|since|until|when|if|whether|that|who|which|where|how|why|as|so|but|though|although|while|with|"
    r"without|after no|of no|and (?:that|then|now|it|i|we|they|he|she|you|there|the|their|my|no|not|never|nobody|"
    r"nothing|is|are|was|were|has|have|had|can|cannot|could|will|would|did|do|does|still|\w{1,9}n't))\b)"
    r"|(?<!like)(?<!think)\s(?=(?:i|we|they|he|she|im|ive|its|theres|there's|it's|you're|you've|it(?='))(?:'\w{1,3})?\s)"
    r"|(?<!like)(?<!think)\s(?=(?:it|you|there)\s(?:is|are|was|were|has|have|had|will|would|can|cannot|could|does|did|do|"
    r"says?|said|want|told|took|sent|gave|never|just|still|\w{1,9}n't|\w{3,12}ed|\w{3,12}s)\b)",
    re.IGNORECASE,
)
_JOINING = re.compile(
    r"and|or|but|that|which|who|as|so|when|while|if|whether|because|since|though|although|where|how|why|what|then|also|"
    r"um|er|uh",
    re.IGNORECASE,
)
_HELPING = re.compile(r"have|had|has|got|is|was|were|are|do|did|does|can|could|will|would|get|gave|given")
_NOUN_LED = re.compile(
    r"\W*(?:a|an|the|their|his|her|its) (?!.*\b(?:is|was|were|are|has|have|had|can|will|does?)\b)", re.I
)
_NOUN = re.compile(r"\W*(?:a|an|the|their) [\w'-]+(?:\W+(?:that|which|who|whom|where))?\W*", re.IGNORECASE)
_NOBODY = re.compile(r"\b(?:(?P<who>nobody|no[ -]one)|nothing|none)\b", re.IGNORECASE)
_AUXILIARY = re.compile(r"\b(ca|wo|\w{1,9})n't\b", re.IGNORECASE)
_WHOLE = {"ca": "can", "wo": "will"}
_LIGHT = re.compile(r"to|be|been|an?|the|any|even|once|yet|really", re.IGNORECASE)

# A question whether it is so and a reason's noun claim nothing.
_NO_CLAIM = re.compile(r"\W*(?:and |or )?(?:whether|because of|due to|of|about)\b", re.IGNORECASE)
_ASKS_IF = re.compile(r"\bask\w{0,5}\b[^,.;]{0,60}\bif\b", re.IGNORECASE)
# "A room, not a place 30 km away" sets one thing against another.
_CONTRAST = re.compile(r"\W*(?:and |but )?not (?!to\b|the agent\b|\w+ed\b)", re.IGNORECASE)
_QUESTION = re.compile(
    r"\W*(?:to (?:know|ask|find out) |about )?(?:whether|if|what|how|why|when|where|who|which)\b", re.IGNORECASE
)
_WISHED_NOT = re.compile(r"\W*(?:not|never) (?:the agent )?to\b|\W*to (?:not|never)\b", re.IGNORECASE)
_REASON = re.compile(r"\W*(?:as|because|since|when|although|though)\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"\b(?:can|could|would|will|may) (?:you|i|we)\b|\b(?:please|pls|plz)\b"
    r"|\b(?:i|we)(?:'d| would)? (?:want|need|like|love)\b",
    re.IGNORECASE,
)
_OF_US = re.compile(r"\b(?:you|your|who|why)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a clause, small enough to say one thing.

    Attributes:
        text: of the piece.
        clause: of the whole clause.
        stems: roots of its content words.
        context: those of the clause.
        words: all words of the piece.
        denied: the roots that a "not" reaches, in order; None where there is no "not".
        bare: no content word follows its "not".
        nobody: which of "nobody" and "nothing" it has.
        following: the first word of weight after its "not".
    """

    text: str
    clause: str
    stems: frozenset[str]
    context: frozenset[str]
    words: frozenset[str]
    denied: tuple[str, ...] | None
    bare: bool
    nobody: frozenset[str]
    following: str

    @property
    def told(self) -> frozenset[str]:
        """What it says: all of it, or what it denies."""
        return self.stems if self.denied is None else frozenset(self.denied)

    @property
    def last(self) -> str:
        """The root of its last word."""
        return root(WORD.findall(self.text)[-1].lower())

    @property
    def open(self) -> bool:
        """Whether its "not" may be none."""
        return _EITHER.search(_straight(self.clause)) is not None


def denies(text: str) -> bool:
    """Whether there is a "not" in a clause, in whatever form, that tells of what did not happen."""
    return _NOT.search(_straight(text)) is not None


def clauses(texts: Iterable[str]) -> list[str]:
    """The clauses of texts, as they stand there."""
    return [part for text in texts for sentence in split(text) for part in _CLAUSE.split(sentence) if part.strip()]


def agrees(
    line: str, words: Collection[str], texts: Iterable[str], wish: bool = False, beside: Iterable[str] = ()
) -> bool:
    """Whether a line denies where the words that carry it do, and only there.

    Each part of the line is held against the part of the texts that says most of it; other parts decide nothing.

    Args:
        line: what is said about the texts.
        words: its stems that are looked for.
        texts: where they are looked for.
        wish: see `cite.Citer.agrees`.
        beside: where a part is looked for that the texts say nothing of.
    """
    said, more = _parts(texts), _parts(beside)
    told = _parts([line], frozenset(words))
    asks = _QUESTION.match(line) is not None
    denied_there: set[str] = set()
    for part in told:
        if part.denied is None:
            continue
        there = _denial(part, said, more)
        if there is not None:
            denied_there.add(there.clause)
        elif not (_may_be_wished(part, said, asks) if wish else _CONTRAST.match(part.text)):
            return False
    positive = (part for part in told if part.denied is None)
    if wish:
        return not any(_is_unwanted(part, said) for part in positive)
    return not any(_is_denied(part, said, more, denied_there) for part in positive)


def _denial(part: _Part, said: Sequence[_Part], more: Sequence[_Part]) -> _Part | None:
    """The part of the texts that denies what a denied part of a line does."""
    best = _best(part, said)
    if best and (best.denied is not None or best.open or _says_otherwise(best.clause, part.clause)):
        return best
    first = part.denied[0] if part.denied else ""
    if best is None and not part.bare and (there := _best(part, more)):
        if there.denied is not None or there.open or _says_otherwise(there.clause, part.clause):
            return there
        if first in there.stems:
            return None
    known = any(first in p.stems for p in said)
    if first and not known and (there := _first(p for p in more if first in (p.denied or ()))):
        return there
    return _first(p for p in said if _denies_alike(part, p, known, lost=best is None))


def _denies_alike(part: _Part, there: _Part, known: bool, lost: bool) -> bool:
    """Whether a part of the texts that is not the nearest denies the same thing nevertheless.

    Args:
        part: of a line.
        there: of the texts.
        known: the texts have the first word that the line denies.
        lost: the texts have none of what it denies: other words than theirs tell it.
    """
    otherwise = _WHERE.search(there.text) is not None or (lost and _says_otherwise(there.clause, part.clause))
    if otherwise and part.stems & there.stems:
        return True
    if there.denied is None:
        return False
    if part.nobody & there.nobody or (part.following and part.following == there.following):
        return True
    if lost or part.bare or not part.denied:
        return True
    return part.denied[0] in there.denied if known else bool(part.stems & there.stems)


def _may_be_wished(part: _Part, said: Sequence[_Part], asks: bool) -> bool:
    """Whether what a wish denies may be wished away: what is there and not asked for."""
    if _CONTRAST.match(part.text):
        return True
    if not _WISHED_NOT.match(part.text):
        return not (asks or _REASON.match(part.text))
    best = _best(part, said)
    if best is None or any(p.denied is not None for p in said if p.clause == best.clause):
        return True
    return _OF_US.search(best.clause) is not None and not _REQUEST.search(best.clause)


def _is_unwanted(part: _Part, said: Sequence[_Part]) -> bool:
    best = _best(part, said)
    return (
        best is not None
        and bool(part.stems & set(best.denied or ()))
        and _UNWANTED.search(_straight(best.text)) is not None
    )


def _is_denied(part: _Part, said: Sequence[_Part], more: Sequence[_Part], denied_there: Collection[str]) -> bool:
    """Whether the texts deny what a part of a line says.

    Args:
        part: without a "not".
        said: parts of the texts.
        more: of those beside them.
        denied_there: clauses that the line tells as denied in another part of it.
    """
    if _NO_CLAIM.match(part.text) or _ASKS_IF.search(part.clause):
        return False
    noun = _NOUN_LED.match(part.text) is not None
    # Beside the texts a "not a stranger" is too far away to be about the same thing.
    best = _best(part, said) or (None if noun else _best(part, [p for p in more if not _CONTRAST.match(p.text)]))
    if best and best.denied is not None and best.clause not in denied_there and not best.open:
        if not part.told:
            if best.bare and any(_HELPING.fullmatch(word) for word in part.words & best.words):
                return True
        elif part.told & set(best.denied) and not _says_otherwise(part.text, best.clause):
            return True
    # "The desk ordered on Monday arrived" ends in its verb, "a prescription sent elsewhere" has none.
    judged = part.told & {part.last} if noun else part.told
    return any(_is_only_denied(word, part, said, denied_there) for word in judged)


def _is_only_denied(word: str, part: _Part, said: Sequence[_Part], denied_there: Collection[str]) -> bool:
    """Whether a word stands nowhere but right after a "not"."""
    having = [p for p in said if word in p.stems]
    return bool(having) and all(
        p.denied is not None
        and p.denied[:1] == (word,)
        and not (p.bare or p.open)
        and p.clause not in denied_there
        and not _says_otherwise(part.text, p.clause)
        for p in having
    )


def _best(part: _Part, said: Sequence[_Part]) -> _Part | None:
    """The part of the texts that says most of a line's; where two say as much, the one that speaks against it."""
    told = part.told
    best = max(
        said,
        key=lambda p: (
            2 * len(told & p.stems) + len(told & p.context),
            len(part.words & p.words),
            len(part.context & p.context),
            (p.denied is None) is not (part.denied is None),
        ),
        default=None,
    )
    return best if best and (told & best.stems or (not told and part.words & best.words)) else None


def _says_otherwise(text: str, denial: str) -> bool:
    """Whether a text without "not" has a word in its place, one that the denial does not have itself."""
    return bool({m[0].lower()[:STEM] for m in _INSTEAD.finditer(text)} - all_words(denial))


def _parts(texts: Iterable[str], only: Collection[str] | None = None) -> list[_Part]:
    found: list[_Part] = []
    for clause in clauses(texts):
        context = frozenset(roots(clause, only))
        found += [_part(piece, clause, context, only) for piece in _pieces(_straight(clause))]
    return found


def _part(piece: str, clause: str, context: frozenset[str], only: Collection[str] | None) -> _Part:
    words = frozenset(all_words(_AUXILIARY.sub(lambda m: _WHOLE.get(m[1].lower(), m[1]), piece)))
    inside = frozenset(_affirmed(piece, only))
    match = _NOT.search(piece)
    if match is None:
        return _Part(piece, clause, inside, context, words, None, False, frozenset(), "")
    after = _affirmed(piece[match.end() :], only)
    before = _affirmed(piece[: match.start()], only)
    following = (m[0].lower() for m in WORD.finditer(piece, match.end()) if not _LIGHT.fullmatch(m[0]))
    nobody = frozenset("who" if m["who"] else "what" for m in _NOBODY.finditer(piece))
    return _Part(
        piece, clause, inside, context, words, after or before[-2:], not after, nobody, root(next(following, ""))
    )


def _affirmed(text: str, only: Collection[str] | None) -> tuple[str, ...]:
    """Roots of a text without its words for "not"."""
    return roots(_NOT.sub(" ", text), only)


def _pieces(clause: str) -> Iterator[str]:
    held = ""
    for piece in _PIECE.split(clause):
        held = f"{held} {piece}" if held else piece
        if not (all(_JOINING.fullmatch(word) for word in WORD.findall(held)) or _NOUN.fullmatch(held)):
            yield held
            held = ""
    if WORD.search(held):
        yield held


def _straight(text: str) -> str:
    return _IDLE.sub(" ", text.replace("’", "'"))


def _first(parts: Iterable[_Part]) -> _Part | None:
    return next(iter(parts), None)
