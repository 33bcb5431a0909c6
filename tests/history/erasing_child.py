"""A process that erases and dies on the way: `erasing_child.py HOME ID POINT`, where POINT is before, keys or rows.

It kills itself with SIGKILL at that point: before the keys are destroyed, when they are and the rows are not, or when
the rows are gone and the index still holds the words.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path

from history_samples import PASSPHRASE

from agent_assist.history import History
from agent_assist.history.finding import Finder
from agent_assist.history.keys import ConversationKeys
from agent_assist.paths import Places


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    home, conversation_id, point = sys.argv[1:]
    destroy = ConversationKeys.destroy

    def destroyed(keys: ConversationKeys, ids: Collection[int]) -> None:
        if point == "before":
            die()
        destroy(keys, ids)
        if point == "keys":
            die()

    ConversationKeys.destroy = destroyed  # type: ignore[method-assign, assignment]
    Finder.forget = lambda finder, conversations: die()  # type: ignore[method-assign, assignment]
    with History.open(Places(Path(home)), PASSPHRASE) as history:
        history.delete(conversation_id)


if __name__ == "__main__":
    main()
