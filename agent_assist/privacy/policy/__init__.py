"""The site's policy: one signed file that fixes options, says what agents may promise, and names local servers.

`store` says what holds when the file is missing, altered or old; `docs/policy.md` says the same to a site.
"""

from agent_assist.privacy.policy.content import Content, read_content
from agent_assist.privacy.policy.pins import Pin, find_pin, pin
from agent_assist.privacy.policy.place import system_folder
from agent_assist.privacy.policy.signing import fingerprint, holds, make_pair, public_key, read_bytes, sign
from agent_assist.privacy.policy.store import STRICTEST, Policy, load

__all__ = [
    "STRICTEST",
    "Content",
    "Pin",
    "Policy",
    "find_pin",
    "fingerprint",
    "holds",
    "load",
    "make_pair",
    "pin",
    "public_key",
    "read_bytes",
    "read_content",
    "sign",
    "system_folder",
]
