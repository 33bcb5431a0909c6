"""Help with words: summary and replies, the coach of a draft, notes; with the site's own tables and what was learnt."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from agent_assist import assist as assisting
from agent_assist.assist import summary as summarising
from agent_assist.engines import Engines
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.learning import Choosing
from agent_assist.paths import Places
from agent_assist.records import (
    Analysis,
    Assist,
    AssistEvent,
    Choice,
    Coaching,
    ContextUse,
    Conversation,
    Mood,
    Outcome,
    Reply,
    Rewrite,
    Summary,
    TurnScore,
    Wish,
)
from agent_assist.settings import REDACT_MODEL, REDACT_NAMES, SCORES, Settings

if TYPE_CHECKING:
    from agent_assist.assist.coach import Scorer
    from agent_assist.assist.guard import Allowed
    from agent_assist.assist.notes import NoteTable
    from agent_assist.assist.replies import Preference
    from agent_assist.assist.veil import Veil
    from agent_assist.privacy.policy import Policy


SITE_FILES = ("actions.toml", "tactics.toml", "promises.toml", "notes.toml")
"""What a site may lay into the data folder, besides the nudges."""


def check_tables(places: Places) -> None:
    """Reads every table that the site has of its own.

    Raises:
        KnownError: one of the files is not right; it names the file and the place.
    """
    site = _Site(places, None)
    _ = (site.tables, site.allowed, site.notes)


class _Site:
    """The tables in use: those that ship, with the site's own files laid over them.

    Each is read when first needed, so that a mistake in one of them stands in the way of nothing else.
    """

    def __init__(self, places: Places, promises: str | None) -> None:
        self._places, self._promises = places, promises

    @cached_property
    def tables(self) -> assisting.Tables:
        from agent_assist.assist.actions import load_actions
        from agent_assist.assist.tactics import load_tactics

        return assisting.Tables(load_actions(self._places), load_tactics(self._places))

    @cached_property
    def allowed(self) -> Allowed:
        from agent_assist.assist.guard import load_promises

        return load_promises(self._places, self._promises)

    @cached_property
    def notes(self) -> NoteTable:
        from agent_assist.assist.notes import load_notes

        return load_notes(self._places)


class Wording:
    """What is written and said about words. Each table and model is loaded when first needed.

    Args:
        places: where the site's own tables may lie.
        engines: the language model at work.
        choosing: what agents took of what they were offered.
        settings: say what the language model is not shown.
        policy: the site's; it may say what agents may promise.
        as_shipped: rank without what was learnt.
    """

    def __init__(
        self,
        places: Places,
        engines: Engines,
        choosing: Choosing,
        settings: Settings,
        policy: Policy,
        *,
        as_shipped: bool,
    ) -> None:
        self._settings = settings
        self._engines = engines
        self._choosing = choosing
        self._as_shipped = as_shipped
        self._scorer: Scorer | None = None
        self._site = _Site(places, policy.promises)
        self._loading = threading.Lock()

    def assist(
        self, conversation: Conversation, mood: Mood, on_event: assisting.OnAssist, token: CancelToken
    ) -> Assist:
        """See `Desk.assist`."""
        engine, tables = self._engines.get(token), self._site.tables
        veil = self._veil(conversation, mood)
        if veil is None:
            return assisting.assist(
                conversation, mood, engine, on_event, token, preference=self._preference, tables=tables
            )

        def tell(event: AssistEvent) -> None:
            on_event(veil.event(event))

        hidden = assisting.assist(
            veil.conversation, veil.mood, engine, tell, token, preference=self._preference, tables=tables
        )
        return veil.assist(hidden)

    def take_in(self, conversation: Conversation, mood: Mood, token: CancelToken) -> ContextUse:
        """See `Desk.take_in`."""
        veil = self._veil(conversation, mood)
        if veil is not None:
            conversation, mood = veil.conversation, veil.mood
        return assisting.take_in(conversation, mood, self._engines.get(token), token)

    def settle(self, old: Summary | None, new: Summary) -> Summary:
        """See `Desk.settle`."""
        return summarising.settle(old, new)

    def worth_refreshing(self, before: Conversation, now: Conversation) -> bool:
        """See `Desk.worth_refreshing`."""
        return summarising.worth_refreshing(before, now)

    def compose(self, conversation: Conversation, mood: Mood) -> tuple[Reply, ...]:
        """See `Desk.compose`."""
        from agent_assist.assist.replies import compose

        return compose(conversation, mood, self._preference)

    def coach(self, conversation: Conversation, mood: Mood, draft: str, *, typing: bool) -> Coaching:
        """See `Desk.coach`."""
        from agent_assist.assist.coach import review

        made = review(draft, conversation, mood, self._the_scorer(), typing=typing, allowed=self._site.allowed)
        return made if self._settings[SCORES] else replace(made, empathy=None)

    def rewrite(
        self,
        conversation: Conversation,
        mood: Mood,
        draft: str,
        wish: Wish,
        instruction: str,
        on_event: assisting.OnAssist,
        token: CancelToken,
    ) -> Rewrite:
        """See `Desk.rewrite`."""
        from agent_assist.assist.coach import rewrite

        # Without a model on the shelf the table of better words does what it can.
        engine = self._engines.get(token) if self._engines.available else None
        veil = self._veil(conversation, mood)
        if veil is not None:
            # The places of changes are places in the draft: one that holds what is hidden is mended by the table alone.
            engine = engine if veil.hides_nothing_of(f"{draft}\n{instruction}") else None
            conversation, mood = veil.conversation, veil.mood
        allowed = self._site.allowed
        return rewrite(draft, conversation, mood, wish, instruction, engine, on_event, token, allowed=allowed)

    def score_turns(self, conversation: Conversation, mood: Mood) -> tuple[float | None, tuple[TurnScore, ...]]:
        """See `Desk.score_turns`."""
        from agent_assist.assist.coach import score_turns

        if not self._settings[SCORES]:
            raise KnownError(f"Scores are off here. {self._settings.locked(SCORES)}".strip())
        return score_turns(conversation, mood, self._the_scorer())

    def note_titles(self) -> tuple[tuple[str, str], ...]:
        """See `Desk.notes`."""
        return self._site.notes.titles

    def note(self, name: str, analysis: Analysis) -> str:
        """See `Desk.note`."""
        from agent_assist.assist.notes import write_note

        return write_note(self._site.notes, name, analysis)

    def choices(self, analysis: Analysis, slot: int, outcome: Outcome) -> list[Choice]:
        """What an agent did with one of the replies shown, beside those that stood there too."""
        from agent_assist.assist.replies import features

        replies = analysis.assist.replies if analysis.assist is not None else ()
        identity, turns = analysis.conversation.id, len(analysis.conversation.turns)
        return [
            Choice(identity, turns, k, features(reply), outcome if k == slot else Outcome.SHOWN)
            for k, reply in enumerate(replies)
        ]

    def _veil(self, conversation: Conversation, mood: Mood) -> Veil | None:
        """What hides a part of the conversation from the model; None where the settings hide nothing."""
        if self._settings[REDACT_MODEL] == "none":
            return None
        from agent_assist.assist.veil import Veil
        from agent_assist.privacy.redaction import Redactor

        redactor = Redactor(self._settings[REDACT_MODEL], names=self._settings[REDACT_NAMES])
        return Veil.over(conversation, mood, redactor)

    @property
    def _preference(self) -> Preference | None:
        return None if self._as_shipped else self._choosing.preference

    def _the_scorer(self) -> Scorer:
        # Imported here: numpy and onnxruntime take longer to import than the window may take to show.
        from agent_assist.assist.empathy import EmpathyReader
        from agent_assist.encoder import Encoder
        from models import empathy

        with self._loading:
            if self._scorer is None:
                self._scorer = EmpathyReader(Encoder(empathy.FOLDER))
            return self._scorer
