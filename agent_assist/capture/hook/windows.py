"""Whose pipe it is on Windows: a stranger's program may take the pipe's name first and wait for what we would send.

On other systems the socket lies in a folder of this user's, where no stranger can put one.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from agent_assist.errors import KnownError

_STRANGER = (
    "Another user's program waits where Agent Assist should be, so nothing was sent. "
    "Tell whoever looks after this computer."
)

_PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
_TOKEN_QUERY = 0x0008
_TOKEN_USER = 1  # of TOKEN_INFORMATION_CLASS


class System(Protocol):
    """What Windows tells of processes and their users."""

    def own_process(self) -> int:
        """The number of this process."""

    def server_of(self, pipe: int) -> int:
        """The number of the process at the server's end of a pipe.

        Raises:
            OSError: it cannot be told.
        """

    def same_user(self, one: int, other: int) -> bool:
        """Whether two processes run as the same user.

        Raises:
            OSError: it cannot be told: what other users' processes are is mostly nobody's business.
        """


def refuse_stranger(pipe: int, system: System) -> None:
    """To be called before anything is sent, for a pipe's server may act as whoever wrote to it.

    Args:
        pipe: its handle, at the client's end.
        system: `Windows`, where there is one.

    Raises:
        KnownError: the process at the other end is not this user's, or it cannot be told whose it is.
    """
    try:
        ours = system.same_user(system.server_of(pipe), system.own_process())
    except OSError as error:
        raise KnownError(_STRANGER) from error
    if not ours:
        raise KnownError(_STRANGER)


if sys.platform == "win32":
    from ctypes import wintypes

    class _SidAndAttributes(ctypes.Structure):
        _fields_ = (("sid", ctypes.c_void_p), ("attributes", wintypes.DWORD))

    class Windows:
        """The system itself; see `System`."""

        def __init__(self) -> None:
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._security = ctypes.WinDLL("advapi32", use_last_error=True)
            # Without these a handle of 64 bits would be cut to 32.
            self._kernel.GetNamedPipeServerProcessId.argtypes = (wintypes.HANDLE, ctypes.POINTER(wintypes.ULONG))
            self._kernel.GetNamedPipeServerProcessId.restype = wintypes.BOOL
            self._kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
            self._kernel.OpenProcess.restype = wintypes.HANDLE
            self._kernel.GetCurrentProcessId.argtypes = ()
            self._kernel.GetCurrentProcessId.restype = wintypes.DWORD
            self._kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
            self._kernel.CloseHandle.restype = wintypes.BOOL
            self._security.OpenProcessToken.argtypes = (
                wintypes.HANDLE,
                wintypes.DWORD,
                ctypes.POINTER(wintypes.HANDLE),
            )
            self._security.OpenProcessToken.restype = wintypes.BOOL
            self._security.GetTokenInformation.argtypes = (
                wintypes.HANDLE,
                ctypes.c_int,
                ctypes.c_void_p,
                wintypes.DWORD,
                ctypes.POINTER(wintypes.DWORD),
            )
            self._security.GetTokenInformation.restype = wintypes.BOOL
            self._security.EqualSid.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
            self._security.EqualSid.restype = wintypes.BOOL

        def own_process(self) -> int:
            """See `System`."""
            return int(self._kernel.GetCurrentProcessId())

        def server_of(self, pipe: int) -> int:
            """See `System`."""
            number = wintypes.ULONG()
            _check(self._kernel.GetNamedPipeServerProcessId(pipe, ctypes.byref(number)))
            return number.value

        def same_user(self, one: int, other: int) -> bool:
            """See `System`."""
            first, second = self._user(one), self._user(other)
            return bool(self._security.EqualSid(_sid(first), _sid(second)))

        def _user(self, process: int) -> ctypes.Array[ctypes.c_char]:
            """The user of a process: a TOKEN_USER, which points to the SID that lies behind it."""
            with self._opened(process) as opened, self._token(opened) as token:
                size = wintypes.DWORD()
                # Asked for the size it fails, and says it.
                self._security.GetTokenInformation(token, _TOKEN_USER, None, 0, ctypes.byref(size))
                user = ctypes.create_string_buffer(max(size.value, ctypes.sizeof(_SidAndAttributes)))
                _check(self._security.GetTokenInformation(token, _TOKEN_USER, user, len(user), ctypes.byref(size)))
                return user

        @contextmanager
        def _opened(self, process: int) -> Iterator[int]:
            handle = self._kernel.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION, False, process)
            _check(handle)
            try:
                yield handle
            finally:
                self._kernel.CloseHandle(handle)

        @contextmanager
        def _token(self, process: int) -> Iterator[wintypes.HANDLE]:
            token = wintypes.HANDLE()
            _check(self._security.OpenProcessToken(process, _TOKEN_QUERY, ctypes.byref(token)))
            try:
                yield token
            finally:
                self._kernel.CloseHandle(token)

    def _sid(user: ctypes.Array[ctypes.c_char]) -> int | None:
        sid: int | None = ctypes.cast(user, ctypes.POINTER(_SidAndAttributes)).contents.sid
        return sid

    def _check(succeeded: int | None) -> None:
        if not succeeded:
            raise ctypes.WinError(ctypes.get_last_error())
