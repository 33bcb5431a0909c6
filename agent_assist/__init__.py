"""Agent Assist: everything the product knows and does, without Qt."""

__version__ = "0.1.0"
