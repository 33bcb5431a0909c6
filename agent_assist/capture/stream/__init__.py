"""One stream out of all sources: what is new of a conversation, in order, once."""

from agent_assist.capture.stream.carrying import added, as_known, carries_on
from agent_assist.capture.stream.standing import Standing
from agent_assist.capture.stream.tracker import Tracker

__all__ = ["Standing", "Tracker", "added", "as_known", "carries_on"]
