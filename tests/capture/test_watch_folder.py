"""A watched folder: real files, the system's own events; what comes is awaited, never slept for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue

import pytest

from agent_assist.capture.watch.folder import FolderWatch, Timing
from agent_assist.capture.watch.plain_file import LARGEST, Stamp, is_passing, look, read, shown
from agent_assist.errors import KnownError

QUICK = Timing(still=0.15, patient=0.6, check=0.2)
LONG = 15.0  # seconds after which a test gives up
CHAT = "Customer: where is my parcel?\nAgent: Let me look.\n"


class Heard:
    """What a watcher told."""

    def __init__(self) -> None:
        self.texts: Queue[tuple[str, bytes]] = Queue()
        self.troubles: Queue[str] = Queue()

    def text(self) -> tuple[str, bytes]:
        return self.texts.get(timeout=LONG)

    def trouble(self) -> str:
        return self.troubles.get(timeout=LONG)


class Post:
    """A folder that is watched."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.heard = folder, Heard()
        self.watch = FolderWatch(
            folder, lambda name, data: self.heard.texts.put((name, data)), self.heard.troubles.put, timing=QUICK
        )
        self._marks = 0

    def start(self) -> None:
        self.watch.start()
        assert self.watch.wait_until_watching(LONG)

    def write(self, name: str, text: str = CHAT) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def nothing_more(self) -> None:
        """Nothing was told but what was heard: a file that comes later is the next thing that is told of."""
        self._marks += 1
        for _ in range(2):  # the second one comes when whatever stood still with the first has been told of
            name = f"mark-{self._marks}-{time.monotonic_ns()}.txt"
            self.write(name, name)
            assert self.heard.text() == (name, name.encode())
        with suppress(Empty):
            raise AssertionError(self.heard.troubles.get_nowait())


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    (tmp_path / "in").mkdir()
    made = Post(tmp_path / "in")
    yield made
    made.watch.close()
    left = [t.name for t in threading.enumerate() if t.name == "folder-watch"]
    assert not left


def test_a_new_file_is_told_of_once_and_old_ones_are_not(post: Post) -> None:
    post.write("before.txt", "was here before")
    post.start()
    post.write("chat.txt")
    assert post.heard.text() == ("chat.txt", CHAT.encode())
    post.nothing_more()


def test_a_file_that_lay_there_is_told_of_when_it_changes(post: Post) -> None:
    path = post.write("before.txt", "was here before")
    post.start()
    path.write_text("was here before, and went on")
    assert post.heard.text() == ("before.txt", b"was here before, and went on")


def test_a_file_is_read_when_it_stands_still_and_not_before(post: Post) -> None:
    post.start()
    with (post.folder / "slow.txt").open("w") as file:
        for n in range(8):
            file.write(f"Customer: line {n}\n")
            file.flush()
            with pytest.raises(Empty):  # one that waits shorter than the file has to stand still
                post.heard.texts.get(timeout=QUICK.still / 3)
    name, data = post.heard.text()
    assert (name, data.count(b"\n")) == ("slow.txt", 8)
    post.nothing_more()


def test_a_changed_file_is_told_of_again_and_a_touched_one_is_not(post: Post) -> None:
    post.start()
    path = post.write("chat.txt")
    post.heard.text()
    path.touch()
    post.nothing_more()
    path.write_text(CHAT + "Customer: hello?\n")
    assert post.heard.text()[1].endswith(b"hello?\n")


def test_renames_and_copies_bring_nothing_new(post: Post) -> None:
    old = post.write("old.txt", "never read")
    post.start()
    path = post.write("chat.txt")
    post.heard.text()
    path.rename(post.folder / "renamed.txt")
    old.rename(post.folder / "old renamed.txt")
    post.write("copy.txt")
    post.nothing_more()


def test_a_file_is_known_after_an_editor_put_another_in_its_place(post: Post) -> None:
    post.start()
    post.write("chat.txt")
    post.heard.text()
    post.write(".chat.txt.new", CHAT + "Agent: found it.\n").rename(post.folder / "chat.txt")
    assert post.heard.text() == ("chat.txt", (CHAT + "Agent: found it.\n").encode())


@pytest.mark.parametrize("name", ["chat.txt.part", "x.CRDOWNLOAD", "~$chat.docx", ".chat.txt", "chat.tmp", "chat.txt~"])
def test_unfinished_files_wait_for_their_name(post: Post, name: str) -> None:
    lain = post.write(f"{name}.part", "lay there unfinished")
    post.start()
    path = post.write(name)
    post.nothing_more()
    path.rename(post.folder / "done.txt")
    assert post.heard.text() == ("done.txt", CHAT.encode())
    lain.rename(post.folder / "done too.txt")
    assert post.heard.text() == ("done too.txt", b"lay there unfinished")


def test_a_file_that_is_moved_in_is_told_of(post: Post, tmp_path: Path) -> None:
    post.start()
    outside = tmp_path / "outside.txt"
    outside.write_text(CHAT)
    os.utime(outside, (1_000_000_000, 1_000_000_000))
    outside.rename(post.folder / "moved.txt")
    assert post.heard.text() == ("moved.txt", CHAT.encode())


def test_no_way_leads_out_of_the_folder(post: Post, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for you")
    post.start()
    (post.folder / "link.txt").symlink_to(secret)
    assert "“link.txt” is a link" in post.heard.trouble()
    (post.folder / "deep").mkdir()
    (post.folder / "deep" / "chat.txt").write_text(CHAT)
    os.mkfifo(post.folder / "pipe.txt")
    assert "“pipe.txt” is no plain file" in post.heard.trouble()
    secret.write_text("changed")
    post.nothing_more()


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for you")
    stamp = look(secret)
    assert stamp is not None
    (tmp_path / "link.txt").symlink_to(secret)
    with pytest.raises(OSError, match="link"):
        read(tmp_path / "link.txt", stamp)
    assert read(secret, Stamp(stamp.device, stamp.number + 1, stamp.size, stamp.changed)) is None


def test_too_large_a_file_is_refused_unread(post: Post) -> None:
    post.start()
    with (post.folder / "huge.txt").open("wb") as file:
        file.truncate(LARGEST + 1)
    assert post.heard.trouble() == "“huge.txt” is larger than 200 MB. Export fewer conversations at a time."
    post.nothing_more()


def test_an_empty_file_is_given_time(post: Post) -> None:
    post.start()
    began = time.monotonic()
    post.write("empty.txt", "")
    assert post.heard.trouble() == "“empty.txt” is empty. Export it again."
    assert time.monotonic() - began >= QUICK.patient
    post.write("empty.txt")
    assert post.heard.text() == ("empty.txt", CHAT.encode())


def test_what_is_no_text_is_told_and_not_handed_on(post: Post) -> None:
    post.start()
    (post.folder / "cat.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert post.heard.trouble().startswith("“cat.txt”: This looks like a PNG image")
    (post.folder / "zeros.txt").write_bytes(bytes(5000))
    assert "is not text" in post.heard.trouble()
    post.nothing_more()


def test_a_locked_file_is_tried_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = [0]

    def locked(path: Path, stamp: Stamp) -> bytes | None:
        tried[0] += 1
        if path.name == "never.txt" or (path.name == "later.txt" and tried[0] < 3):
            raise PermissionError(13, "in use")
        return read(path, stamp)

    monkeypatch.setattr(f"{FolderWatch.__module__}.read", locked)
    post.start()
    post.write("later.txt")
    assert post.heard.text() == ("later.txt", CHAT.encode())
    assert tried[0] == 3
    post.write("never.txt", "nobody reads me")
    assert "“never.txt” cannot be read" in post.heard.trouble()
    post.nothing_more()


def test_a_folder_that_vanishes_is_said_once_and_comes_back(post: Post, tmp_path: Path) -> None:
    post.start()
    post.write("chat.txt")
    post.heard.text()
    away = tmp_path / "away"
    post.folder.rename(away)
    assert "“in” cannot be found" in post.heard.trouble()
    (away / "meanwhile.txt").write_text("came while it was away")
    away.rename(post.folder)
    assert post.heard.text() == ("meanwhile.txt", b"came while it was away")
    post.nothing_more()


def test_a_folder_that_is_made_anew_is_watched_again(post: Post) -> None:
    post.start()
    post.write("chat.txt").unlink()
    post.folder.rmdir()
    post.heard.trouble()
    post.folder.mkdir()
    post.write("new.txt", "after all")
    assert post.heard.text() == ("new.txt", b"after all")


def test_a_folder_that_is_not_there_at_first(tmp_path: Path) -> None:
    post = Post(tmp_path / "later")
    post.watch.start()
    try:
        assert "“later” cannot be found" in post.heard.trouble()
        (tmp_path / "later").mkdir()
        assert post.watch.wait_until_watching(LONG)
        post.nothing_more()
    finally:
        post.watch.close()


def test_where_the_system_tells_nothing_the_folder_is_polled(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoWatches:
        def __init__(self, **_: object) -> None:
            raise OSError(24, "inotify instance limit reached")

    monkeypatch.setattr(f"{FolderWatch.__module__}.Observer", NoWatches)
    post.start()
    path = post.write("chat.txt")
    assert post.heard.text()[0] == "chat.txt"
    path.write_text(CHAT + "Customer: hello?\n")
    assert post.heard.text()[1].endswith(b"hello?\n")


def test_what_the_listener_refuses_is_trouble_and_the_next_file_comes(tmp_path: Path) -> None:
    heard = Heard()

    def take(name: str, data: bytes) -> None:
        if b"odd" in data:
            raise KnownError("That is no conversation.")
        if b"worse" in data:
            raise ValueError("a secret of the customer")
        heard.texts.put((name, data))

    watch = FolderWatch(tmp_path, take, heard.troubles.put, timing=QUICK)
    watch.start()
    try:
        assert watch.wait_until_watching(LONG)
        (tmp_path / "a.txt").write_text("odd")
        assert heard.trouble() == "“a.txt”: That is no conversation."
        (tmp_path / "b.txt").write_text("worse")
        assert heard.trouble() == "“b.txt” could not be taken in. Open it by hand."
        (tmp_path / "c.txt").write_text(CHAT)
        assert heard.text()[0] == "c.txt"
    finally:
        watch.close()


def test_what_comes_while_it_is_paused_is_told_of_afterwards(post: Post) -> None:
    post.start()
    post.watch.set_paused(True)
    post.write("held.txt")
    with pytest.raises(Empty):
        post.heard.texts.get(timeout=QUICK.still * 3)
    post.watch.set_paused(False)
    assert post.heard.text() == ("held.txt", CHAT.encode())
    post.nothing_more()


def test_many_files_at_once_are_each_told_of_once(post: Post) -> None:
    post.start()
    for n in range(300):
        post.write(f"chat {n}.txt", f"{CHAT}Customer: {n}\n")
    names = sorted(post.heard.text()[0] for _ in range(300))
    assert names == sorted(f"chat {n}.txt" for n in range(300))
    post.nothing_more()


def test_it_closes_quickly_and_tells_nothing_afterwards(post: Post) -> None:
    post.start()
    post.write("chat.txt")
    began = time.monotonic()
    post.watch.close()
    assert time.monotonic() - began < 1.0
    assert post.heard.texts.empty()
    FolderWatch(post.folder, lambda *_: None, lambda _: None).close()  # never started


def test_names_are_shown_without_tricks() -> None:
    assert shown("invoice\u202egpj.txt\n") == "invoice\ufffdgpj.txt\ufffd"
    assert shown("\udcff.txt") == "?.txt"
    assert len(shown("x" * 300)) <= 80
    assert not is_passing("Unconfirmed chat.txt")
