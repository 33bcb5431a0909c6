"""What the customer feels, turn by turn. Customer turns only, by type and at run time."""

from agent_assist.emotion.mood import read_mood, read_moods
from agent_assist.emotion.reader import EmotionReader
from agent_assist.emotion.spikes import find_spikes
from agent_assist.emotion.trajectory import escalation_risk, sentiment_shift

__all__ = ["EmotionReader", "escalation_risk", "find_spikes", "read_mood", "read_moods", "sentiment_shift"]
