"""The records that travel between the rooms: frozen, without behaviour beyond derived properties.

Indices of turns are zero-based positions in `Conversation.turns` everywhere in the code and in JSON; the window and the
terminal show them one-based.
"""

from agent_assist.records.conversation import (
    Conversation,
    CustomerTurn,
    Speaker,
    Turn,
)
from agent_assist.records.help import (
    Assist,
    AssistEvent,
    ContextUse,
    Fact,
    Grounding,
    Line,
    NextAction,
    Outcome,
    Pillar,
    PillarState,
    Progress,
    Reply,
    ReplyDraft,
    ReplyReady,
    Stage,
    Summary,
    SummaryDraft,
)
from agent_assist.records.kept import (
    Analysis,
    HistoryItem,
)
from agent_assist.records.mood import (
    SURE,
    Correction,
    EmotionReading,
    Explanation,
    Label,
    Mood,
    Recovery,
    Severity,
    Spike,
    Vulnerability,
)

__all__ = [
    "SURE",
    "Analysis",
    "Assist",
    "AssistEvent",
    "ContextUse",
    "Conversation",
    "Correction",
    "CustomerTurn",
    "EmotionReading",
    "Explanation",
    "Fact",
    "Grounding",
    "HistoryItem",
    "Label",
    "Line",
    "Mood",
    "NextAction",
    "Outcome",
    "Pillar",
    "PillarState",
    "Progress",
    "Recovery",
    "Reply",
    "ReplyDraft",
    "ReplyReady",
    "Severity",
    "Speaker",
    "Spike",
    "Stage",
    "Summary",
    "SummaryDraft",
    "Turn",
    "Vulnerability",
]
