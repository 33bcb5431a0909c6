"""What the agent reads: summary, next actions and replies, each checked against the conversation."""

from agent_assist.assist.assistant import OnAssist, assist

__all__ = ["OnAssist", "assist"]
