"""Everything about what is kept: the key, the history, copies of it, the audit trail, the site's policy."""

from agent_assist.custody.facade import Custody

__all__ = ["Custody"]
