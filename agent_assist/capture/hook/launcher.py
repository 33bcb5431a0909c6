"""The little program in the data folder that a browser starts: it runs `native-host` of this installation."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import agent_assist
from agent_assist.errors import KnownError
from agent_assist.paths import Places


def launcher_path(places: Places) -> Path:
    """Where it lies."""
    return places.home / ("native-host.bat" if sys.platform == "win32" else "native-host")


def write_launcher(places: Places) -> Path:
    """Writes it for the Python and the code that run now; returns where it lies.

    Raises:
        OSError: it cannot be written.
    """
    command = [*_program(), "--data-dir", str(places.home), "native-host"]
    path = launcher_path(places)
    replace_file(path, _batch(command) if sys.platform == "win32" else _script(command), mode=0o700)
    return path


def remove_launcher(places: Places) -> None:
    """Deletes it; nothing where there is none.

    Raises:
        KnownError: it cannot be deleted.
    """
    path = launcher_path(places)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise KnownError(f"The file {path} cannot be deleted ({error.strerror}). Delete it by hand.") from error


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """Writes a file, whole or not at all; whoever reads it meanwhile finds the old one or the new one.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        fresh.chmod(mode)
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _program() -> list[str]:
    if getattr(sys, "frozen", False):  # built as one program: it is its own Python
        return [sys.executable]
    # The entry lies beside the package, in the sources as where pip puts both.
    return [sys.executable, str(Path(agent_assist.__file__).absolute().parents[1] / "main.py")]


def _script(command: list[str]) -> bytes:
    return os.fsencode(f'#!/bin/sh\n# Written by: agent-assist hook install\nexec {shlex.join(command)} "$@"\n')


def _batch(command: list[str]) -> bytes:
    quoted = " ".join(f'"{part}"' for part in command).replace("%", "%%")
    return f"@rem Written by: agent-assist hook install\r\n@chcp 65001 >nul\r\n@{quoted} %*\r\n".encode()
