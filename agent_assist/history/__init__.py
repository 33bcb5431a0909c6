"""The encrypted history, and the only importer of peewee."""

from agent_assist.history.becoming import Recorded
from agent_assist.history.store import History

__all__ = ["History", "Recorded"]
