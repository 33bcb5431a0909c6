"""Where the running sidebar can be reached by other programs of the same person, and by nobody else."""

from __future__ import annotations

import ctypes
import hashlib
import os
import stat
import struct
import sys
import tempfile
from pathlib import Path
from typing import Protocol

from agent_assist.errors import KnownError
from agent_assist.paths import Places

SOCKET_NAME = "hook.sock"

_LONGEST = 100
"""Bytes of a socket's path; Linux takes 107, macOS 103."""
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Peer(Protocol):
    """A connected socket, or what asyncio shows of one."""

    def fileno(self) -> int:
        """Its descriptor."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        """One of its options."""


def socket_path(places: Places) -> Path:
    r"""The socket's file; on Windows the named pipe.

    It lies in the data folder. Where that folder's name is too long for a socket, it lies in a folder of the system
    that only this user can enter, under a name made from the data folder's.

    Raises:
        KnownError: the folder can be written to by other users, or cannot be made.
    """
    if sys.platform == "win32":
        return Path(rf"\\.\pipe\agent-assist-{_short(places.home)}")
    places.create()
    path = places.home / SOCKET_NAME
    if len(os.fsencode(path)) <= _LONGEST:
        _refuse_open_folder(places.home)
        return path
    return _runtime_folder() / f"{_short(places.home)}.sock"


def same_user(peer: Peer) -> bool:
    """Whether the other end of a connection belongs to the user that this process runs as."""
    if sys.platform == "linux":
        import socket

        credentials = struct.Struct("3i")  # process, user, group: socket(7), SO_PEERCRED
        _pid, uid, _gid = credentials.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, credentials.size))
        return bool(uid == os.getuid())
    if sys.platform == "win32":
        return True  # a pipe's own rights let no other user write to it
    user, group = ctypes.c_uint32(), ctypes.c_uint32()
    failed: int = ctypes.CDLL(None).getpeereid(peer.fileno(), ctypes.byref(user), ctypes.byref(group))
    return not failed and user.value == os.getuid()


def _short(home: Path) -> str:
    """A name for a data folder that is the same for every way to write it, and for this user alone."""
    whole = os.path.realpath(home)
    return hashlib.sha256(os.fsencode(os.path.normcase(whole))).hexdigest()[:16]


def _refuse_open_folder(folder: Path) -> None:
    found = folder.stat()
    if found.st_uid != os.getuid():
        raise KnownError(f"The data folder {folder} belongs to another user. Choose another one with --data-dir.")
    if found.st_mode & _OTHERS_WRITE:
        raise KnownError(
            f"Other users can write to the data folder {folder}, so no program is let in there. "
            f"Take that right from them: chmod go-w {folder}."
        )


def _runtime_folder() -> Path:
    """A folder with a short name that only this user can enter."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(given) / "agent-assist" if given and _is_ours(Path(given)) else None
    if folder is None or len(os.fsencode(folder)) > _LONGEST - 30:
        folder = Path(tempfile.gettempdir()) / f"agent-assist-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise KnownError(
            f"The folder {folder} cannot be made ({error.strerror}). "
            "Choose a data folder with a shorter name with --data-dir."
        ) from error
    if not _is_ours(folder):
        raise KnownError(
            f"Other users can enter the folder {folder}, so no program is let in there. "
            "Delete it, or choose a data folder with a shorter name with --data-dir."
        )
    return folder


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder, and no link to one, that only this user can enter."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
