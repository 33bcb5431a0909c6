"""What a moment asks of a reply, and sentences of our own for what a draft lacks."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from agent_assist.assist import guard, pillars
from agent_assist.assist.actions import fires
from agent_assist.assist.coach.draft import heat_of
from agent_assist.assist.coach.reviewing import last_reading
from agent_assist.assist.coach.situation import situation
from agent_assist.assist.coach.swaps import Addition, additions
from agent_assist.assist.coach.table import Heat, heated
from agent_assist.assist.replies.mirror import mirrored
from agent_assist.records import Conversation, EmotionReading, Mood, Pillar, PillarState

_MOST_TROUBLE = 13
_UPSET = 0.65
_SORRY = re.compile(r"\b(?:sorry|apologi[sz]e|apologies)\b", re.IGNORECASE)
# The next step is the customer's: to try something, to read something, to turn to somebody else.
_HANDS_OVER = re.compile(
    r"https?:|\b(?:try|steps?|you can|you could|please (?:restart|reset|check|open|go|follow|use|visit|call|contact|"
    r"ask|fill|select|click|update|see|read))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Now:
    """The moment that a draft answers."""

    reading: EmotionReading | None
    moment: pillars.Moment
    heat: Heat

    @classmethod
    def of(cls, conversation: Conversation, mood: Mood) -> Now:
        """The moment at the end of a conversation."""
        reading = last_reading(conversation, mood)
        moment = pillars.moment(reading, conversation.turns)
        return cls(reading, moment, heat_of(reading, moment))

    @property
    def _upset(self) -> bool:
        """Whether a sentence that says little is still better than none."""
        return self.reading is not None and self.reading.distress >= _UPSET

    def states(self, text: str, conversation: Conversation) -> dict[Pillar, PillarState]:
        """The pillars of a text in this moment."""
        return pillars.assess(text, self.reading, conversation.turns)

    def sentence(
        self, pillar: Pillar, conversation: Conversation, said: str, allowed: guard.Allowed | None
    ) -> str | None:
        """A sentence for a pillar, true in this moment and new in this text; None where there is none."""
        trouble = next((m.text for m in mirrored(conversation) if m.bad and len(m.text.split()) <= _MOST_TROUBLE), "")
        fitting = [
            row
            for row in additions()
            if row.pillar is pillar
            and self._fits(row, conversation)
            and (trouble not in said if row.wants_trouble and trouble else not row.wants_trouble)
            and not (_SORRY.search(row.text) and _SORRY.search(said))
            and (not row.handed_over or _HANDS_OVER.search(said))
        ]
        # The same moment always gets the same words; another one may get others of the same kind.
        alike = [row for row in fitting if row.kind == fitting[0].kind]
        turned = zlib.crc32(f"{conversation.id}/{len(conversation.turns)}".encode()) % max(len(alike), 1)
        for row in [*alike[turned:], *alike[:turned], *fitting]:
            text = row.text.replace("{trouble}", trouble)
            if guard.check(text, conversation, allowed).ok and text not in said:
                return text
        return None

    def _fits(self, row: Addition, conversation: Conversation) -> bool:
        label = self.reading.label if self.reading is not None else None
        return (
            heated(self.heat, row.heat)
            and (not row.feelings or label in row.feelings)
            and (row.pillar is not Pillar.OWN or self.moment.trouble)
            and (not row.retold or bool(situation(conversation).retold))
            and (row.pillar is not Pillar.LISTEN or not row.says_little or self._upset)
            and (not row.rule or fires(row.rule, conversation))
        )
