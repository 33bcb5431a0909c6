"""The rows of the encrypted history.

Rows never leave this room. No table is bound to a database: every query says on which one it runs, so that two
histories can be open in one process. The tables themselves are made by `migrations/`, whose steps never change once
released; a test holds both to the same columns.
"""

from __future__ import annotations

from peewee import AutoField, BooleanField, CompositeKey, FloatField, ForeignKeyField, IntegerField, Model, TextField


class ConversationRow(Model):
    """A conversation with what a list shows of it; `ref` is the id that the rest of the product knows.

    `unread`, `recoveries`, `vulnerable`, `record` and `asides` are JSON.
    """

    id = AutoField()
    ref = TextField()
    source = TextField()
    customer = TextField(null=True)
    origin = TextField()
    notes = TextField()
    saved_at = TextField()
    turns = IntegerField()
    excerpt = TextField()
    peak = FloatField(null=True)
    label = TextField(null=True)
    spikes = IntegerField()
    shift = FloatField(null=True)
    risk = FloatField(null=True)
    mood_ms = FloatField()
    unread = TextField()
    recoveries = TextField()
    vulnerable = TextField()
    record = TextField()
    asides = TextField()

    class Meta:  # noqa: D106
        table_name = "conversation"


class TurnRow(Model):
    """One message; `at` is ISO 8601, with an offset only where the source named a zone."""

    conversation = ForeignKeyField(ConversationRow)
    i = IntegerField()
    speaker = TextField()
    name = TextField(null=True)
    at = TextField(null=True)
    text = TextField()
    via = TextField(null=True)

    class Meta:  # noqa: D106
        table_name = "turn"
        primary_key = CompositeKey("conversation", "i")


class ReadingRow(Model):
    """What one customer turn was read as; `scores`, `words` and `fine` are JSON."""

    conversation = ForeignKeyField(ConversationRow)
    turn = IntegerField()
    label = TextField()
    distress = FloatField()
    valence = FloatField()
    urgency = FloatField()
    scores = TextField()
    words = TextField()
    fine = TextField()
    corrected = BooleanField()

    class Meta:  # noqa: D106
        table_name = "reading"
        primary_key = CompositeKey("conversation", "turn")


class SpikeRow(Model):
    """The `n`th spike; `evidence` is JSON."""

    conversation = ForeignKeyField(ConversationRow)
    n = IntegerField()
    turn = IntegerField()
    kind = TextField()
    severity = TextField()
    distress = FloatField()
    rise = FloatField()
    trigger_turn = IntegerField(null=True)
    evidence = TextField()
    nudge = TextField()
    cause = TextField()

    class Meta:  # noqa: D106
        table_name = "spike"
        primary_key = CompositeKey("conversation", "n")


class AssistRow(Model):
    """What the language model proposed, without the replies; all but model and times are JSON."""

    conversation = ForeignKeyField(ConversationRow, primary_key=True)
    model = TextField()
    summary = TextField()
    actions = TextField()
    context = TextField()
    notes = TextField()
    tactic = TextField()
    first_token_ms = FloatField()
    ms = FloatField()

    class Meta:  # noqa: D106
        table_name = "assist"


class SuggestionRow(Model):
    """The reply in a slot and what the agent did with it; `pillars` and `grounding` are JSON."""

    conversation = ForeignKeyField(ConversationRow)
    slot = IntegerField()
    strategy = TextField()
    text = TextField()
    pillars = TextField()
    empathy = FloatField()
    grounding = TextField()
    source = TextField()
    outcome = TextField(null=True)
    outcome_text = TextField(null=True)
    outcome_at = TextField(null=True)

    class Meta:  # noqa: D106
        table_name = "suggestion"
        primary_key = CompositeKey("conversation", "slot")


class SearchRow(Model):
    """What a search looks through: customer, turns, asides, summary; folded: case and composition do not matter."""

    conversation = ForeignKeyField(ConversationRow, primary_key=True)
    text = TextField()

    class Meta:  # noqa: D106
        table_name = "search_text"


class CorrectionRow(Model):
    """What an agent said of a turn, without a word of it; `scores` is JSON.

    `ref` is the conversation's, and null once that is erased: it hangs on none, for what was learnt outlives it.
    """

    id = AutoField()
    ref = TextField(null=True)
    turn = IntegerField()
    label = TextField()
    scores = TextField()
    distress = FloatField()
    at = TextField()

    class Meta:  # noqa: D106
        table_name = "correction"


class ChoiceRow(Model):
    """What an agent did with one reply of a moment, without a word of it; `features` is JSON."""

    id = AutoField()
    ref = TextField()
    turns = IntegerField()
    slot = IntegerField()
    features = TextField()
    outcome = TextField()
    at = TextField()

    class Meta:  # noqa: D106
        table_name = "choice"


CHILDREN: tuple[type[Model], ...] = (TurnRow, ReadingRow, SpikeRow, AssistRow, SuggestionRow, SearchRow)
TABLES: tuple[type[Model], ...] = (ConversationRow, *CHILDREN, CorrectionRow, ChoiceRow)
LEARNT: tuple[type[CorrectionRow] | type[ChoiceRow], ...] = (CorrectionRow, ChoiceRow)
"""What outlives its conversation, without the link to it."""
