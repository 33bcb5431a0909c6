"""Files with what customers said: for their owner alone, and never in the place of another file unasked."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from agent_assist.errors import KnownError


def check_free(name: str, *, force: bool) -> Path:
    """Looks at where a file is to go, before there is anything to write.

    Raises:
        KnownError: there is a file and `force` is not set, or it is a folder.
    """
    path = Path(name).expanduser().absolute()
    if path.is_dir():
        raise KnownError(f"{path} is a folder. Name a file in it.")
    if not force and (path.exists() or path.is_symlink()):
        raise KnownError(f"{path} is there already. Name another file, or add --force to replace it.")
    return path


def write_private(name: str, text: str, *, force: bool) -> Path:
    """Writes a file that only its owner can read, whole or not at all; where it is.

    Raises:
        KnownError: there is one by now and `force` is not set, or it cannot be written.
    """
    path = check_free(name, force=force)
    fresh = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123  # a mode
            # A half of a character from outside must not end an export.
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        if force:
            fresh.replace(path)
        else:
            _place(fresh, path)
    except OSError as error:
        raise KnownError(
            f"{path} cannot be written ({error.strerror}). Check the folder, its permissions and the free space."
        ) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return path


def _place(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)  # unlike a rename it never replaces what has come there meanwhile
    except FileExistsError:
        raise KnownError(f"{path} is there already. Name another file, or add --force to replace it.") from None
    except OSError:  # no hard links here: FAT, some network drives
        check_free(str(path), force=False)
        fresh.replace(path)
