"""The encrypted history, and the only importer of peewee."""

from agent_assist.history.store import History, Recorded

__all__ = ["History", "Recorded"]
