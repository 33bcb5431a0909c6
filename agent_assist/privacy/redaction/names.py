"""Names of people: those of the speakers, and those that the text itself introduces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from agent_assist.privacy.redaction.kinds import PLACEHOLDER, Found, Kind
from agent_assist.privacy.redaction.words import ALSO_WORDS, NOT_PEOPLE, PARTICLES

_PART = re.compile(r"[^\W\d_](?:[\w]|['’](?=\w)|-(?=\w)){1,40}")
_UP = r"[A-ZÀ-ÝŁŐŚŠŻŽ]"
_NAME = rf"{_UP}[^\W\d_]{{1,24}}(?:['’-]{_UP}?[^\W\d_]{{1,24}})?"
_NAMES = rf"(?P<name>{_NAME}(?:[ ](?:(?:de|van|von|der|la|di|da|dos|bin|al)[ ]){{0,2}}{_NAME}){{0,2}})"
_SAID: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"\b(?i:my\s+(?:full\s+)?name\s+is|my\s+name['’]s|mein\s+name\s+ist|ich\s+heiße|je\s+m['’]appelle|me\s+llamo|mi\s+nombre\s+es|"
        rf"mi\s+chiamo|mijn\s+naam\s+is|ik\s+heet|nazywam\s+się|meu\s+nome\s+é|jag\s+heter|account\s+holder\s+is|in\s+the\s+name\s+of)\s{{1,2}}{_NAMES}(?!\w)"
    ),
    re.compile(
        rf"(?<!\w)(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sr|Sra|Sig|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Señora?|Signora?|Meneer|Mevrouw|Pan|Pani)\.?)\s{_NAMES}(?!\w)"
    ),
    re.compile(
        rf"(?:^|\n|[.!?]\s)(?i:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening)|hallo|liebe[r]?|bonjour|bonsoir|hola|ciao|buongiorno|beste|"
        rf"cześć|olá|hej)\s{_NAMES}(?=\s?[,!.\n]|$)"
    ),
    re.compile(
        rf"(?:^|\n|[.!?,]\s)(?i:(?:kind|best|warm)?\s?regards|(?:yours\s+)?sincerely|mit\s+freundlichen\s+grüßen|cordialement|saludos|"
        rf"cordiali\s+saluti|groeten|pozdrawiam)\s?,?\s{{1,3}}{_NAMES}(?=\s*(?:$|\n))"
    ),
    re.compile(rf"(?:\s[-~]\s?|[ \n]\^)(?P<name>{_UP}[a-zß-ÿ]{{2,20}})\.?(?=\s{{0,4}}$)"),
)
_SENTENCE = re.compile(r"(?:^|[.!?\n])[\s\"'\u201c(]{0,3}$")
_SPOKEN_TO = re.compile(
    r"(?:\b(?:hi|hello|hey|dear|thanks|thank\s+you|hallo|bonjour|hola|ciao|beste|hej)\s{1,2})$", re.IGNORECASE
)


class NameBook:
    """The people of a conversation by every part of their names."""

    def __init__(self) -> None:
        self._person: dict[str, str] = {}
        self._spelled: dict[str, str] = {}
        self._parts: re.Pattern[str] | None = None

    @property
    def parts(self) -> Set[str]:
        """Every part of a name that is known, folded."""
        return self._person.keys()

    def learn(self, name: str | None) -> None:
        """Takes in a name as a source or a text shows it; one of a role or a company is left alone."""
        if not name or PLACEHOLDER.search(name):
            return
        parts = [p for p in _PART.findall(name) if p.casefold() not in PARTICLES]
        if not parts or any(part.casefold() in NOT_PEOPLE for part in parts):
            return
        folded = [part.casefold() for part in parts]
        known = [self._person[part] for part in folded if part in self._person]
        person = known[0] if known else " ".join(folded)
        fresh = False
        for part, plain in zip(parts, folded, strict=True):
            fresh |= plain not in self._person
            self._person.setdefault(plain, person)
            self._spelled.setdefault(plain, part)
        if fresh:
            self._parts = None

    def hear(self, text: str) -> None:
        """Takes in the names that a text introduces: "my name is ...", "Mr ...", "Dear ...,", "Regards, ..."."""
        for pattern in _SAID:
            for match in pattern.finditer(text):
                words = match["name"].split()
                if not any(word.casefold() in NOT_PEOPLE for word in words):
                    self.learn(match["name"])

    def person_of(self, name: str) -> str | None:
        """The key of the person that a whole name is of; None where it is nobody's."""
        return next((self._person[p.casefold()] for p in _PART.findall(name) if p.casefold() in self._person), None)

    def find(self, text: str) -> Iterator[Found]:
        """Each place where a known person's name or a part of it stands, parts side by side as one."""
        if not self._person:
            return
        run: list[Found] = []
        for match in self._pattern().finditer(text):
            one = self._at(text, match)
            if one is None:
                continue
            if run and run[0].key == one.key and _joins(text[run[-1].end : one.start]):
                run.append(one)
                continue
            yield from _joined(run)
            run = [one]
        yield from _joined(run)

    def _pattern(self) -> re.Pattern[str]:
        if self._parts is None:
            longest = sorted(self._person, key=len, reverse=True)
            self._parts = re.compile(rf"(?<![\w@])(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)
        return self._parts

    def _at(self, text: str, match: re.Match[str]) -> Found | None:
        plain = match[0].casefold()
        key = self._person.get(plain)
        if key is None or not self._is_meant(text, match, plain):
            return None
        return Found(*match.span(), Kind.NAME, key)

    def _is_meant(self, text: str, match: re.Match[str], plain: str) -> bool:
        """Whether a name that is also a word ("Will", "May") is meant as a name here."""
        if len(plain) <= 2:
            return match[0] == self._spelled[plain]
        if plain not in ALSO_WORDS:
            return True
        lead = text[max(0, match.start() - 16) : match.start()]
        if match[0][0].islower():
            return False
        return (
            _SPOKEN_TO.search(lead) is not None
            or _SENTENCE.search(lead) is None
            or text[match.end() : match.end() + 2] in (",", "")
        )


def _joins(between: str) -> bool:
    """Whether nothing but an initial or a small word stands between two parts of one name."""
    if len(between) > 12 or "\n" in between or between.startswith((".", "!", "?")):
        return False
    words = between.replace(",", " ").split()
    return all(len(word.rstrip(".")) == 1 or word.casefold() in PARTICLES for word in words)


def _joined(run: list[Found]) -> Iterator[Found]:
    if run:
        yield Found(run[0].start, run[-1].end, Kind.NAME, run[0].key)
