"""What is in force, whatever somebody does to the files."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_stage import Site

from agent_assist.errors import KnownError
from agent_assist.privacy import policy
from agent_assist.privacy.policy import STRICTEST
from agent_assist.settings import EXPORT, KEEP_DAYS, REDACT_STORE, SCORES, Settings

FIXED = {"privacy.export": False, "privacy.keep_days": 90, "assist.scores": False}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_an_installation_that_nobody_manages_has_none(site: Site) -> None:
    found = site.load()
    assert not found.here
    assert (dict(found.fixed), found.promises, found.endpoints, found.problem, found.key) == ({}, None, (), "", "")


def test_a_signed_policy_is_in_force(site: Site) -> None:
    site.pin()
    path = site.lay()
    found = site.load()
    assert dict(found.fixed) == FIXED
    assert (found.here, found.title, found.serial, found.source, found.problem) == (True, "Clinic desk", 1, path, "")
    assert found.reason("privacy.export") == "Cases stay in the clinic's own system."
    assert found.reason("privacy.keep_days") == "Set by the policy Clinic desk. Ask it@clinic.example."
    assert found.reason("window.theme") == ""
    assert found.endpoints == (("10.0.0.5", 8080), ("models.clinic.local", 443))
    assert found.promises is not None
    options = Settings(site.places.settings, found.fixed, found.reasons)
    assert (options[EXPORT], options[KEEP_DAYS], options[SCORES]) == (False, 90, False)
    with pytest.raises(KnownError, match="Cases stay in the clinic's own system"):
        options.set(EXPORT, True)


def test_its_promises_are_read_as_a_list_of_promises_is(site: Site, tmp_path: Path) -> None:
    from agent_assist.assist.guard import load_promises
    from agent_assist.paths import Places

    site.pin()
    site.lay()
    there = Places(tmp_path / "elsewhere")
    there.create()
    (there.home / "promises.toml").write_text(site.load().promises or "")
    (promise,) = load_promises(there).promises
    assert (promise.name, promise.within) == ("callback", "2 working days")
    site.lay(2, text='title = "T"\nserial = 2\n[promises]\n')
    assert site.load().promises == "", "an empty table: nothing may be promised"
    site.lay(3, text='title = "T"\nserial = 3\n')
    assert site.load().promises is None, "no table: the installation's own list counts"


def test_without_a_pin_nothing_is_in_force_and_that_is_said(site: Site) -> None:
    path = site.lay()
    found = site.load()
    assert found.here
    assert not found.fixed
    assert "no key is pinned" in found.problem
    with pytest.raises(KnownError, match="no key is pinned"):
        site.load(path)


@pytest.mark.parametrize(
    "fault", ["missing", "unsigned", "changed", "another key", "older", "same number", "newer product"]
)
def test_whatever_is_wrong_the_last_good_one_stays_in_force_and_it_is_said(site: Site, fault: str) -> None:
    site.pin()
    path = site.lay(5)
    assert not site.load().problem
    if fault == "missing":
        path.unlink()
    elif fault == "unsigned":
        site.lay(6, sign=False)
    elif fault == "changed":
        path.write_bytes(path.read_bytes().replace(b"90", b"91"))
    elif fault == "another key":
        other, _ = policy.make_pair(site.folder / "others")
        policy.sign(site.lay(6, days=1, sign=False), other)
    elif fault == "older":
        site.lay(4, days=1)
    elif fault == "same number":
        site.lay(5, days=1)
    else:
        site.lay(6, text='title = "T"\nserial = 6\n[lock]\n"privacy.unheard_of" = 1\n')
    found = site.load()
    assert dict(found.fixed) == FIXED
    assert (found.serial, found.source) == (5, None)
    assert found.problem.endswith("The one last found good (number 5) stays in force.")
    site.lay(7, days=30)
    assert (site.load().serial, site.load().problem, site.load().fixed["privacy.keep_days"]) == (7, "", 30)


def test_where_none_was_ever_good_the_strictest_rules_hold(site: Site) -> None:
    site.pin()
    for lay in (lambda: None, lambda: site.lay(sign=False)):
        lay()
        found = site.load()
        assert found.fixed == STRICTEST
        assert found.promises == ""
        assert "strictest rules hold" in found.problem
        assert all(found.reason(name) for name in STRICTEST)
        options = Settings(site.places.settings, found.fixed, found.reasons)
        assert (options[EXPORT], options[REDACT_STORE]) == (False, "all")


def test_a_pin_that_is_taken_away_unlocks_nothing(site: Site) -> None:
    site.pin()
    site.lay()
    site.load()
    (site.places.home / "policy.pub").unlink()
    found = site.load()
    assert dict(found.fixed) == FIXED
    assert "pinned key" in found.problem


def spoil(path: Path, how: str) -> None:
    """Puts something in the place of a file."""
    path.unlink(missing_ok=True)
    if how == "FIFO":
        if sys.platform == "win32":
            pytest.skip("no FIFOs here")
        os.mkfifo(path)
    elif how == "device":
        path.symlink_to("/dev/zero" if Path("/dev/zero").exists() else "nothing")
    elif how == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"" if how == "empty" else b"no key")


@pytest.mark.parametrize("how", ["empty", "junk", "folder", "FIFO", "device"])
@pytest.mark.parametrize("shared", [True, False])
def test_a_damaged_pin_unlocks_nothing_and_stops_nobody(site: Site, how: str, shared: bool) -> None:
    site.pin()
    if shared:
        site.pin_for_all()
    path = site.lay()
    site.load()
    pinned = (site.system if shared else site.places.home) / "policy.pub"
    spoil(pinned, how)
    mended = "administrator" if shared else "policy pin KEYFILE --replace"
    found = site.load()
    assert dict(found.fixed) == FIXED
    assert str(pinned) in found.problem
    assert mended in found.problem
    assert found.problem.endswith("The one last found good (number 1) stays in force.")
    with pytest.raises(KnownError, match=mended):
        site.load(path)
    (site.places.home / "policy.kept.json").unlink()
    found = site.load()
    assert (found.fixed, found.promises, found.key) == (STRICTEST, "", "")
    assert mended in found.problem
    with pytest.raises(KnownError, match=mended):
        policy.pin(site.places, site.public, system=site.system)


def test_a_damaged_pin_is_pinned_again(site: Site) -> None:
    site.pin()
    site.lay()
    spoil(site.places.home / "policy.pub", "empty")
    policy.pin(site.places, site.public, replace=True, system=site.system)
    assert (dict(site.load().fixed), site.load().problem) == (FIXED, "")


@pytest.mark.parametrize("name", ["policy.toml", "policy.toml.sig", "policy.kept.json"])
def test_what_is_no_file_holds_nothing_up(site: Site, name: str) -> None:
    site.pin_for_all()
    site.write(site.system / "policy.toml", 3)
    assert site.load().serial == 3
    site.lay(4)
    spoil(site.places.home / name, "FIFO")
    found = site.load()
    assert found.serial == (4 if "kept" in name else 3)
    assert ("it is not a file" in found.problem) is ("kept" not in name)


def test_the_pin_of_the_system_counts_before_the_agents_own(site: Site) -> None:
    site.pin_for_all()
    site.write(site.system / "policy.toml", 3)
    assert site.load().serial == 3
    _, mine = policy.make_pair(site.folder / "mine")
    for replace in (False, True):
        with pytest.raises(KnownError, match="administrator has pinned"):
            policy.pin(site.places, mine, replace=replace, system=site.system)
    shutil.copy(mine, site.places.home / "policy.pub")
    assert site.load().serial == 3
    site.lay(2, days=1)
    assert site.load().serial == 3, "an older one beside it changes nothing"
    for path in site.places.home.glob("policy*"):
        path.unlink()
    assert site.load().serial == 3


def test_a_file_that_was_named_is_in_force_or_ends_the_program(site: Site, tmp_path: Path) -> None:
    site.pin()
    path = site.write(tmp_path / "other.toml", 4)
    assert site.load(path).source == path
    for serial, words in ((3, "older"), (4, "kept its serial number")):
        with pytest.raises(KnownError, match=words):
            site.load(site.write(path, serial, days=7))
    with pytest.raises(KnownError, match="not signed"):
        site.load(site.write(path, 9, sign=False))
    with pytest.raises(KnownError, match="cannot be read"):
        site.load(tmp_path / "none.toml")
    site.lay(8)
    with pytest.raises(KnownError, match="older than"):
        site.load(site.write(path, 7))


def test_a_pin_is_exchanged_by_the_old_keys_word_or_by_whoever_owns_the_folder(site: Site) -> None:
    site.pin()
    private, public = policy.make_pair(site.folder / "new")
    with pytest.raises(KnownError, match="Another key is pinned"):
        policy.pin(site.places, public, system=site.system)
    policy.sign(public, private)  # by itself: no word of the old key's
    with pytest.raises(KnownError, match="Another key is pinned"):
        policy.pin(site.places, public, system=site.system)
    policy.sign(public, site.private)
    policy.pin(site.places, public, system=site.system)
    pinned = policy.find_pin(site.places, site.system)
    assert pinned is not None
    assert pinned.public == policy.public_key(public)
    policy.pin(site.places, site.public, replace=True, system=site.system)
    assert site.load().key == policy.fingerprint(policy.public_key(site.public))


def test_the_pin_of_the_same_key_again_changes_nothing(site: Site) -> None:
    site.pin()
    before = (site.places.home / "policy.pub").stat().st_mtime_ns
    site.pin()
    assert (site.places.home / "policy.pub").stat().st_mtime_ns == before


def test_a_full_disk_keeps_no_copy_and_the_policy_holds(site: Site) -> None:
    site.pin()
    site.lay()
    (site.places.home / "policy.kept.json").mkdir()
    assert dict(site.load().fixed) == FIXED
    assert not list(site.places.home.glob("policy.kept.json.*"))


@given(data=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_byte_of_policy_signature_or_pin_that_changes_unlocks_nothing(site: Site, data: st.DataObject) -> None:
    site.pin()
    path = site.lay()
    (site.places.home / "policy.kept.json").unlink(missing_ok=True)
    files = [path, path.with_name("policy.toml.sig"), site.places.home / "policy.pub"]
    file = data.draw(st.sampled_from(files))
    whole = file.read_bytes()
    at, new = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.binary(max_size=2))
    file.write_bytes(whole[:at] + new + whole[at + 1 :])
    try:
        found = site.load()
    finally:
        file.write_bytes(whole)
    assert dict(found.fixed) in (FIXED, dict(STRICTEST))
    assert found.fixed["privacy.export"] is False


# --- keys


def test_the_private_key_is_for_this_person_alone_and_never_overwritten(site: Site) -> None:
    if sys.platform != "win32":
        assert stat.S_IMODE(site.private.stat().st_mode) == 0o600
    before = site.private.read_bytes()
    with pytest.raises(KnownError, match="already"):
        policy.make_pair(site.private.parent)
    assert site.private.read_bytes() == before


def test_what_is_no_key_is_refused(site: Site, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"\xff\x00")
    for path in (rubbish, site.private, tmp_path / "none"):
        with pytest.raises(KnownError):
            policy.pin(site.places, path, system=site.system)
    for path in (rubbish, site.public):
        with pytest.raises(KnownError, match="no private Ed25519 key"):
            policy.sign(rubbish, path)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
def test_openssl_reads_what_we_sign(site: Site, tmp_path: Path) -> None:
    """So a site can check, or make, a signature without the product: the commands of docs/policy.md."""
    import base64

    path = site.write(tmp_path / "policy.toml")
    raw = tmp_path / "raw.sig"
    raw.write_bytes(base64.b64decode((tmp_path / "policy.toml.sig").read_bytes()))
    checking = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(site.public), "-rawin"]
    done = subprocess.run([*checking, "-in", str(path), "-sigfile", str(raw)], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
