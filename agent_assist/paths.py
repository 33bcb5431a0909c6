"""Where files live. The only importer of appdirs."""

from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import appdirs  # type: ignore[import-untyped]  # ships no type information

from agent_assist.errors import KnownError

HOME_VARIABLE = "AGENT_ASSIST_HOME"
MODELS_VARIABLE = "AGENT_ASSIST_MODELS"


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one installation, all below `home` except a folder of models the user already has.

    Attributes:
        home: the data folder.
        carried_models: a folder of GGUF files that the user keeps elsewhere (`AGENT_ASSIST_MODELS`), read only.
    """

    home: Path
    carried_models: Path | None = None

    @property
    def models(self) -> Path:
        """Installed language models."""
        return self.home / "models"

    @property
    def downloads(self) -> Path:
        """Downloads that are not finished; nothing here ever counts as installed."""
        return self.home / "downloads"

    @property
    def history(self) -> Path:
        """The encrypted history."""
        return self.home / "history.db"

    @property
    def conversation_keys(self) -> Path:
        """The encrypted file of one key for each conversation."""
        return self.home / "keys.db"

    @property
    def search_index(self) -> Path:
        """The encrypted index of words, which can be made again from the history."""
        return self.home / "search.db"

    @property
    def backups(self) -> Path:
        """Backups, where the settings name no other folder."""
        return self.home / "backups"

    @property
    def audit(self) -> Path:
        """The audit trail; no personal data is in it."""
        return self.home / "audit.jsonl"

    @property
    def policy(self) -> Path:
        """The site's signed policy; its signature and the pinned key lie beside it."""
        return self.home / "policy.toml"

    @property
    def key_file(self) -> Path:
        """Where the history's key is kept: the keyring's name or the wrapped key, never the key itself."""
        return self.home / "history.key.json"

    @property
    def settings(self) -> Path:
        """The options that the user changed."""
        return self.home / "settings.toml"

    @property
    def log(self) -> Path:
        """The log; no customer text reaches it."""
        return self.home / "agent-assist.log"

    def create(self) -> None:
        """Makes the data folder, readable by this user alone.

        Raises:
            KnownError: the folder cannot be made or written to.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise KnownError(
                f"The data folder {self.home} cannot be created ({error.strerror}). "
                "Choose another one with --data-dir or AGENT_ASSIST_HOME."
            ) from error
        if not os.access(self.home, os.W_OK):
            raise KnownError(
                f"The data folder {self.home} cannot be written to. "
                "Choose another one with --data-dir or AGENT_ASSIST_HOME."
            )


def find_places(data_dir: str | None = None) -> Places:
    """The places of this installation: `data_dir`, else `AGENT_ASSIST_HOME`, else the platform's data folder.

    Raises:
        KnownError: one of the names is not the name of a folder.
    """
    home = data_dir or os.environ.get(HOME_VARIABLE) or appdirs.user_data_dir("agent-assist", appauthor=False)
    carried = os.environ.get(MODELS_VARIABLE)
    return Places(_whole(home, f"--data-dir or {HOME_VARIABLE}"), _whole(carried, MODELS_VARIABLE) if carried else None)


def _whole(name: str, option: str) -> Path:
    """A folder's name as a whole path."""
    try:
        return Path(name).expanduser().absolute()
    except (RuntimeError, OSError) as error:  # no such user after a tilde; the working folder is gone
        raise KnownError(f"The folder {name} cannot be found. Name it in full with {option}.") from error


def sync(path: Path) -> None:
    """Brings a file, or a folder's list of names where the system has such a thing, to the disk."""
    if path.is_dir() and sys.platform == "win32":
        return
    # Windows refuses to flush what is open for reading only.
    opened = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def read_plain(path: Path, most: int = -1) -> bytes:
    """The bytes of a plain file, however it came to lie there.

    Reading whatever has the name would wait for ever on a FIFO, and read for ever from some devices.

    Args:
        path: the file; a link is followed.
        most: how many bytes at most; -1 for all of them.

    Raises:
        OSError: it cannot be read, or is something else than a file.
    """

    def open_at_once(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))  # else opening a FIFO waits for a writer

    with open(path, "rb", opener=open_at_once) as file:  # Path.open knows no opener
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a file", str(path))
        return file.read(most)


def read_table(path: Path) -> str:
    """The text of a TOML file that people write: in UTF-8, with the byte order mark of some editors or without.

    Raises:
        OSError: as `read_plain` does.
        UnicodeDecodeError: it is not in UTF-8.
    """
    return read_plain(path).decode("utf-8-sig")


def read_site_file(path: Path, what: str) -> str | None:
    """The text of a table that the site keeps in the data folder; None where there is none.

    Args:
        path: where it would be.
        what: what the table is called in a sentence: "actions".

    Raises:
        KnownError: it is there and cannot be read.
    """
    try:
        return read_table(path)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
        raise KnownError(f"The {what} file {path} cannot be read ({reason}). Mend it there or delete it.") from error
