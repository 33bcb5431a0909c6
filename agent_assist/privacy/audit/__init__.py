"""The audit trail: who looked at what is kept, took it out or erased it, in a file that shows when it was altered.

`trail` says how it works and what it cannot show; `docs/security.md` says the same to a site.
"""

from agent_assist.privacy.audit.anchor import Anchor, KeyringAnchor
from agent_assist.privacy.audit.refusals import count_refusal
from agent_assist.privacy.audit.trail import ANCHOR_EVERY, AuditTrail

__all__ = ["ANCHOR_EVERY", "Anchor", "AuditTrail", "KeyringAnchor", "count_refusal"]
