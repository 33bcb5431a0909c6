"""What the agent reads: summary, next actions and replies, each checked against the conversation."""

from agent_assist.assist.assistant import OnAssist, Tables, assist
from agent_assist.assist.intake import take_in

__all__ = ["OnAssist", "Tables", "assist", "take_in"]
