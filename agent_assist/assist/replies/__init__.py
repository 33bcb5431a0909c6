"""Replies worth sending: composed of a bank's sentences, made specific by the model, checked, and ranked."""

from agent_assist.assist.replies.careful import none_offered
from agent_assist.assist.replies.matter import KEY as MATTER
from agent_assist.assist.replies.preference import Preference, features, learn
from agent_assist.assist.replies.ranking import MOST
from agent_assist.assist.replies.writer import KEY, ReplyWriter, compose, reply_branches

__all__ = [
    "KEY",
    "MATTER",
    "MOST",
    "Preference",
    "ReplyWriter",
    "compose",
    "features",
    "learn",
    "none_offered",
    "reply_branches",
]
