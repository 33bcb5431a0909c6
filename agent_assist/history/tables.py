"""The rows of the encrypted history.

Rows never leave this room. No table is bound to a database: every query says on which one it runs, so that two
histories can be open in one process. The tables themselves are made by `migrations/`, whose steps never change once
released; a test holds both to the same columns.

Every `sealed` is text under the key of its conversation, see `sealing` and `shapes`. In clear, inside the encrypted
file, stand only times, counts, numbers, labels and names of ours.
"""

from __future__ import annotations

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CompositeKey,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class CustomerRow(Model):
    """A customer; `key` is the number of their key, `mark` a keyed hash of the folded name."""

    id = AutoField()
    key = IntegerField()
    mark = BlobField()
    sealed = BlobField()

    class Meta:  # noqa: D106
        table_name = "customer"


class ConversationRow(Model):
    """A conversation with what a list shows of it; `ref` is the id that the rest of the product knows.

    `key` is the number of its key. `channels` are the ways of its turns, each between blanks. `change` is raised with
    every save, over all conversations: the index of words goes by it.
    """

    id = AutoField()
    ref = TextField()
    key = IntegerField()
    customer_id = IntegerField(null=True)
    source = TextField()
    origin = TextField()
    channels = TextField()
    saved_at = TextField()
    change = IntegerField()
    turns = IntegerField()
    peak = FloatField(null=True)
    label = TextField(null=True)
    spikes = IntegerField()
    shift = FloatField(null=True)
    risk = FloatField(null=True)
    mood_ms = FloatField()
    held = BooleanField()
    sealed = BlobField()

    class Meta:  # noqa: D106
        table_name = "conversation"


class TurnRow(Model):
    """One message; `at` is ISO 8601, with an offset only where the source named a zone."""

    conversation = ForeignKeyField(ConversationRow)
    i = IntegerField()
    speaker = TextField()
    at = TextField(null=True)
    via = TextField(null=True)
    sealed = BlobField()

    class Meta:  # noqa: D106
        table_name = "turn"
        primary_key = CompositeKey("conversation", "i")


class ReadingRow(Model):
    """What one customer turn was read as."""

    conversation = ForeignKeyField(ConversationRow)
    turn = IntegerField()
    label = TextField()
    distress = FloatField()
    valence = FloatField()
    urgency = FloatField()
    corrected = BooleanField()
    sealed = BlobField()

    class Meta:  # noqa: D106
        table_name = "reading"
        primary_key = CompositeKey("conversation", "turn")


class SpikeRow(Model):
    """The `n`th spike."""

    conversation = ForeignKeyField(ConversationRow)
    n = IntegerField()
    turn = IntegerField()
    kind = TextField()
    severity = TextField()
    distress = FloatField()
    rise = FloatField()
    trigger_turn = IntegerField(null=True)
    sealed = BlobField()

    class Meta:  # noqa: D106
        table_name = "spike"
        primary_key = CompositeKey("conversation", "n")


class AssistRow(Model):
    """What the language model proposed, without the replies."""

    conversation = ForeignKeyField(ConversationRow, primary_key=True)
    model = TextField()
    first_token_ms = FloatField()
    ms = FloatField()
    sealed = BlobField()

    class Meta:  # noqa: D106
        table_name = "assist"


class SuggestionRow(Model):
    """The reply in a slot and what the agent did with it."""

    conversation = ForeignKeyField(ConversationRow)
    slot = IntegerField()
    strategy = TextField()
    empathy = FloatField()
    source = TextField()
    outcome = TextField(null=True)
    outcome_at = TextField(null=True)
    sealed = BlobField()

    class Meta:  # noqa: D106
        table_name = "suggestion"
        primary_key = CompositeKey("conversation", "slot")


class FollowUpRow(Model):
    """What the agent wants to come back to; `due` is a day."""

    id = AutoField()
    conversation = ForeignKeyField(ConversationRow)
    due = TextField()
    done_at = TextField(null=True)
    sealed = BlobField()

    class Meta:  # noqa: D106
        table_name = "follow_up"


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


class StateRow(Model):
    """A number of the whole file: "change" is the last one that was given out."""

    name = TextField(primary_key=True)
    value = IntegerField()

    class Meta:  # noqa: D106
        table_name = "state"


CHILDREN: tuple[type[Model], ...] = (TurnRow, ReadingRow, SpikeRow, AssistRow, SuggestionRow)
"""What a save renews; follow-ups hang on a conversation too, and go only with it."""

TABLES: tuple[type[Model], ...] = (
    CustomerRow,
    ConversationRow,
    *CHILDREN,
    FollowUpRow,
    CorrectionRow,
    ChoiceRow,
    StateRow,
)
LEARNT: tuple[type[CorrectionRow] | type[ChoiceRow], ...] = (CorrectionRow, ChoiceRow)
"""What outlives its conversation, without the link to it."""
