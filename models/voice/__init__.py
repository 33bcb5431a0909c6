"""Our voice: an adapter for the default language model, the examples that it learned from, their check and recipe."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the adapter, its card and `data/` lie."""
