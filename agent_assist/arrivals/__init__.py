"""What comes in by itself: every way in that may stand open while the window does, and the one stream they make."""

from agent_assist.arrivals.facade import Arrivals

__all__ = ["Arrivals"]
