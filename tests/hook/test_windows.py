"""Whether a pipe's other end is this user's, decided as on Windows; what Windows tells is written by hand."""

from __future__ import annotations

import sys

import pytest

from agent_assist.capture.hook.windows import refuse_stranger
from agent_assist.errors import KnownError

PIPE, SIDEBAR, STRANGER, US = 0x1_0000_0044, 700, 4, 1200


class Machine:
    """Processes with their users, and who waits at the pipe."""

    def __init__(self, server: int | None) -> None:
        self._server = server
        self._users = {SIDEBAR: "S-1-5-21-1001", US: "S-1-5-21-1001", STRANGER: "S-1-5-21-1002"}

    def own_process(self) -> int:
        return US

    def server_of(self, pipe: int) -> int:
        assert pipe == PIPE
        if self._server is None:
            raise OSError("the pipe is being closed")
        return self._server

    def same_user(self, one: int, other: int) -> bool:
        if one not in self._users:
            raise PermissionError("access is denied")
        return self._users[one] == self._users[other]


def test_this_users_sidebar_is_spoken_to() -> None:
    refuse_stranger(PIPE, Machine(SIDEBAR))


@pytest.mark.parametrize("server", [STRANGER, 9999, None], ids=["another user", "not to be told", "gone"])
def test_anybody_else_is_not(server: int | None) -> None:
    with pytest.raises(KnownError, match=r"^Another user's program .* nothing was sent\."):
        refuse_stranger(PIPE, Machine(server))


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
def test_windows_knows_this_process() -> None:
    if sys.platform == "win32":
        from agent_assist.capture.hook.windows import Windows

        system = Windows()
        assert system.same_user(system.own_process(), system.own_process())
