"""What lies in an encrypted file below the encryption, page by page: free pages and those of the log too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE = 4096  # SQLCipher 4
RESERVE, SALT, IV = 80, 16, 16
LOG_HEADER, FRAME_HEADER = 32, 24


def decrypted(path: Path, key: bytes) -> bytes:
    """Every page of a file that has a raw key, and of its log."""
    return b"".join((*_file_pages(path, key), *_log_pages(Path(f"{path}-wal"), key)))


def _file_pages(path: Path, key: bytes) -> Iterator[bytes]:
    raw = path.read_bytes()
    for number, at in enumerate(range(0, len(raw), PAGE), start=1):
        yield _page(number, raw[at : at + PAGE], key)


def _log_pages(path: Path, key: bytes) -> Iterator[bytes]:
    raw = path.read_bytes() if path.exists() else b""
    for at in range(LOG_HEADER, len(raw), FRAME_HEADER + PAGE):
        number = int.from_bytes(raw[at : at + 4], "big")
        page = raw[at + FRAME_HEADER : at + FRAME_HEADER + PAGE]
        if len(page) == PAGE:
            yield _page(number, page, key)


def _page(number: int, page: bytes, key: bytes) -> bytes:
    start = SALT if number == 1 else 0
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(page[-RESERVE:][:IV])).decryptor()
    return decryptor.update(page[start:-RESERVE]) + decryptor.finalize()
