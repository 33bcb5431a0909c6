from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.errors import KnownError
from agent_assist.settings import MODEL, ON_TOP, OPTIONS, SAVE, THEME, THREADS, WIDTH, Option, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def allowed(option: Option[Any]) -> st.SearchStrategy[Any]:
    """Values that an option takes."""
    if option.choices:
        return st.sampled_from(option.choices)
    if isinstance(option.default, bool):
        return st.booleans()
    if isinstance(option.default, int):
        return st.integers(option.low, option.high)
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


ALL: list[Option[Any]] = [*OPTIONS]
VALUES: tuple[Any, ...] = (True, 7, "seven", 1.5, None, [])
changes = st.lists(st.sampled_from(ALL).flatmap(lambda o: st.tuples(st.just(o), allowed(o))), max_size=12)


@given(changes)
@settings(max_examples=40, deadline=None)
def test_what_is_set_is_read_again(steps: list[tuple[Option[Any], Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.toml"
        options, expected = Settings(path), {}
        for option, value in steps:
            options.set(option, value)
            expected[option.name] = value
        for found in (options, Settings(path)):
            for option in ALL:
                assert found[option] == expected.get(option.name, option.default)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_is_whole(option: Option[Any]) -> None:
    assert option.name.count(".") == 1
    assert option.help.strip().endswith(".")
    assert "\n" not in option.help
    assert option.problem(option.default) is None
    assert len([o for o in OPTIONS if o.name == option.name]) == 1


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_keeps_its_type_and_range(option: Option[Any], path: Path) -> None:
    wrong: list[Any] = [value for value in VALUES if type(value) is not type(option.default)]
    if option.low is not None and option.high is not None:
        wrong += [option.low - 1, option.high + 1]
    if option.choices:
        wrong.append("no such choice")
    options = Settings(path)
    for value in wrong:
        with pytest.raises(KnownError, match=option.name):
            options.set(option, value)
        assert options[option] == option.default
    assert not path.exists()


def test_only_what_differs_from_the_default_is_kept(path: Path) -> None:
    options = Settings(path)
    options.set(WIDTH, 400)
    options.set(SAVE, False)
    options.set(WIDTH, WIDTH.default)
    assert path.read_text() == "[history]\nsave = false\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[llm]\nmodle = 'x'\n", "unknown option llm.modle. Did you mean llm.model\\?"),
        ("[lm]\nmodel = 'x'\n", "Did you mean llm.model\\?"),
        ("[something]\nquite = 'different'\n", "unknown option something.quite. Delete that line."),
        ("model = 'x'\n", "unknown option model"),
        ("[window]\ntheme = 'pink'\n", "window.theme must be one of system, light, dark"),
        ("[window]\nwidth = 10\n", "window.width must be at least 360"),
        ("[window]\nwidth = 1000\n", "window.width must be at most 480"),
        ("[window]\nwidth = 400.5\n", "window.width must be a whole number"),
        ("[window]\nalways_on_top = 1\n", "window.always_on_top must be a yes or no"),
        ("[llm.model]\nname = 'x'\n", "llm.model must be a text"),
        ("[llm\n", "cannot be read"),
        ("[llm]\nmodel = 'a'\nmodel = 'b'\n", "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_is_left_alone(path: Path, content: str, words: str) -> None:
    path.write_text(content)
    with pytest.raises(KnownError, match=words) as caught:
        Settings(path)
    assert str(path) in str(caught.value)
    assert path.read_text() == content


def test_a_file_that_is_no_text_or_no_file_is_said(path: Path) -> None:
    path.write_bytes(b"\xff\xfe[\x00")
    with pytest.raises(KnownError, match="not in UTF-8"):
        Settings(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(KnownError, match="cannot be read"):
        Settings(path)


def test_a_byte_order_mark_and_windows_line_ends_are_read(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf[window]\r\ntheme = 'dark'\r\n")
    assert Settings(path)[THEME] == "dark"


def test_a_file_is_replaced_whole_or_not_at_all(path: Path) -> None:
    options = Settings(path)
    options.set(MODEL, "first")
    before = path.read_text()
    path.with_suffix(".toml.new").mkdir()  # nothing can be written beside it
    with pytest.raises(KnownError, match="cannot be saved"):
        options.set(MODEL, "second")
    assert path.read_text() == before
    assert options[MODEL] == "first"
    path.with_suffix(".toml.new").rmdir()
    options.set(MODEL, "second")
    assert Settings(path)[MODEL] == "second"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_value_for_now_is_never_saved(path: Path) -> None:
    options = Settings(path)
    options.set(THREADS, 3)
    options.set_for_now(THREADS, 5)
    options.set_for_now(SAVE, False)
    options.set(WIDTH, 400)
    assert (options[THREADS], options[SAVE]) == (5, False)
    again = Settings(path)
    assert (again[THREADS], again[SAVE], again[WIDTH]) == (3, True, 400)
    options.set(THREADS, 4)
    assert options[THREADS] == 4, "what is set counts from then on"
    with pytest.raises(KnownError, match="at most"):
        options.set_for_now(THREADS, 10_000)


def test_the_folder_is_made_when_something_is_set(tmp_path: Path) -> None:
    options = Settings(tmp_path / "new" / "settings.toml")
    options.set(ON_TOP, True)
    assert Settings(tmp_path / "new" / "settings.toml")[ON_TOP] is True


@given(
    st.dictionaries(st.text(max_size=8), st.dictionaries(st.text(max_size=8), st.integers(), max_size=2), max_size=3)
)
@settings(max_examples=50, deadline=None)
def test_any_file_is_read_or_refused_kindly(tree: dict[str, dict[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.toml"
        path.write_bytes(tomli_w.dumps(tree).encode("utf-8", "surrogatepass"))
        try:
            assert Settings(path)[THREADS] >= 0
        except KnownError as error:
            assert str(path) in str(error)


# --- what the site's policy fixes


def test_what_the_policy_fixes_wins_over_the_file_and_stays_out_of_it(path: Path) -> None:
    path.write_text("[history]\nsave = true\n[window]\nwidth = 400\n")
    fixed = Settings(path, {SAVE.name: False, WIDTH.name: 380}, {SAVE.name: "Cases stay in the CRM."})
    assert (fixed[SAVE], fixed[WIDTH]) == (False, 380)
    assert fixed.locked(SAVE) == "Cases stay in the CRM."
    assert fixed.locked(WIDTH), "a reason is told even where the policy gives none"
    assert fixed.locked(THEME) == ""
    fixed.set(THEME, "dark")
    assert (Settings(path)[SAVE], Settings(path)[WIDTH], Settings(path)[THEME]) == (True, 400, "dark")


@pytest.mark.parametrize("set_it", [Settings.set, Settings.set_for_now])
def test_what_the_policy_fixes_cannot_be_changed(path: Path, set_it: Any) -> None:
    fixed = Settings(path, {SAVE.name: False}, {SAVE.name: "Cases stay in the CRM."})
    with pytest.raises(KnownError, match=r"history\.save cannot be changed here\. Cases stay in the CRM\."):
        set_it(fixed, SAVE, True)
    set_it(fixed, SAVE, False)
    assert fixed[SAVE] is False
    assert not path.exists()


@pytest.mark.parametrize("fixed", [{"history.sav": True}, {"history.save": 1}, {"privacy.keep_days": -1}])
def test_a_policy_that_fixes_what_is_no_option_is_refused(path: Path, fixed: dict[str, Any]) -> None:
    with pytest.raises(KnownError, match="policy cannot be used"):
        Settings(path, fixed)


@given(changes, changes)
@settings(max_examples=40, deadline=None)
def test_whatever_is_tried_a_fixed_option_holds(
    steps: list[tuple[Option[Any], Any]], fixing: list[tuple[Option[Any], Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        fixed = {option.name: value for option, value in fixing}
        options = Settings(Path(folder) / "settings.toml", fixed)
        for option, value in steps:
            try:
                options.set(option, value)
                options.set_for_now(option, value)
            except KnownError:
                assert options.locked(option)
        for name, value in fixed.items():
            assert options[next(o for o in ALL if o.name == name)] == value
