"""What is wrong with a trail, or cannot be known of it, in words."""

from __future__ import annotations

from agent_assist.privacy.audit.lines import Chain


def problem(chain: Chain) -> str:
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
    return ""


def doubt(chain: Chain) -> str:
    """What cannot be known of a trail with which nothing is wrong, in words; "" where all can."""
    if not chain.unheld:
        return ""
    return (
        f"The keyring's note of the trail's end was not there when line {chain.unheld} was written: "
        "whether lines just before it were cut off cannot be known. That comes with a keyring that is new or was away, "
        "another machine or a moved folder; else somebody may have deleted the note to hide a cut. "
        "Once that is clear, begin the trail again."
    )
