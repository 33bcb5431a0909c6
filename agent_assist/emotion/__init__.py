"""What the customer feels, turn by turn. Customer turns only, by type and at run time."""

from agent_assist.emotion.causes import find_cause
from agent_assist.emotion.explain import explain
from agent_assist.emotion.mood import judge, read_mood, read_moods
from agent_assist.emotion.nudges import NudgeTable, load_nudges, shipped_nudges
from agent_assist.emotion.reader import EmotionReader
from agent_assist.emotion.recovery import find_recoveries
from agent_assist.emotion.spikes import find_spikes
from agent_assist.emotion.trajectory import escalation_risk, risk_features, sentiment_shift

__all__ = [
    "EmotionReader",
    "NudgeTable",
    "escalation_risk",
    "explain",
    "find_cause",
    "find_recoveries",
    "find_spikes",
    "judge",
    "load_nudges",
    "read_mood",
    "read_moods",
    "risk_features",
    "sentiment_shift",
    "shipped_nudges",
]
