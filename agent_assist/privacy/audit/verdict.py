"""What is wrong with a trail, in words."""

from __future__ import annotations

from agent_assist.privacy.audit.lines import Chain, Head


def problem(chain: Chain, anchored: Head | None) -> str:
    """What is wrong with a trail that was followed to its end, in words; "" where nothing is."""
    if chain.wrong:
        return (
            f"Line {chain.wrong} of the audit trail is not as it was written: "
            "it was changed, or a line before it was taken out, put in or moved."
        )
    if chain.gap:
        return (
            f"Line {chain.gap} of the audit trail tells that its end was not as it had been left: "
            "lines before it were taken out or replaced."
        )
    if anchored is None:
        return ""
    if anchored.count > chain.head.count:
        return (
            f"The audit trail ends after {chain.head.count} lines, but the keyring remembers {anchored.count}: "
            "its end was cut off."
        )
    if anchored.count and chain.marked != anchored.mac:
        return f"Line {anchored.count} of the audit trail is not the one that the keyring remembers."
    return ""
