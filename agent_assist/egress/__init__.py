"""Nothing leaves this machine: what each process of ours is held to, and what was refused."""

from agent_assist.egress.guard import Endpoint, Refused, allow, install, installed, refused
from agent_assist.egress.memory import hide_memory
from agent_assist.egress.sealing import seal, sealed

__all__ = ["Endpoint", "Refused", "allow", "hide_memory", "install", "installed", "refused", "seal", "sealed"]
