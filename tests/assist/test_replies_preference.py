"""What is taken at a desk moves the ranking a little, and can be read."""

from __future__ import annotations

from conversations import DESK, DESK_MOOD
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.replies import Preference, compose, features, learn
from agent_assist.assist.replies.preference import BOUND
from agent_assist.records import Choice, Outcome


def moment(n: int, taken: str, others: tuple[str, ...] = ("strategy:b", "strategy:c")) -> list[Choice]:
    shown = [Choice(f"c-{n}", 4, k + 1, (other, "asks"), Outcome.SHOWN) for k, other in enumerate(others)]
    return [Choice(f"c-{n}", 4, 0, (taken, "asks"), Outcome.COPIED), *shown]


def test_what_is_taken_again_and_again_is_preferred() -> None:
    few = learn(moment(0, "strategy:a"))
    many = learn([c for n in range(30) for c in moment(n, "strategy:a")])
    assert 0 < few.score(("strategy:a",)) < many.score(("strategy:a",)) <= BOUND
    assert many.score(("strategy:b",)) < 0


def test_what_all_replies_of_a_moment_share_says_nothing() -> None:
    assert dict(learn(moment(0, "strategy:a")).weights).get("asks") is None


def test_moments_in_which_nothing_was_done_say_nothing() -> None:
    untouched = [Choice("c-1", 2, k, (f"strategy:{k}",), Outcome.SHOWN) for k in range(3)]
    assert learn(untouched) == Preference() and learn([]) == Preference()


def test_the_whole_model_can_be_read_strongest_first() -> None:
    told = learn([c for n in range(5) for c in moment(n, "strategy:a")]).describe()
    assert told[0][0] == "strategy:a"
    assert [abs(w) for _, w in told] == sorted((abs(w) for _, w in told), reverse=True)


def test_a_dismissed_reply_counts_against_its_kind() -> None:
    learnt = learn([Choice("c", 2, 0, ("source:generated",), Outcome.DISMISSED)])
    assert learnt.score(("source:generated",)) < 0


_FEATURES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=4).map(tuple)


@given(
    st.lists(
        st.builds(
            Choice,
            st.sampled_from(["x", "y"]),
            st.integers(1, 3),
            st.integers(0, 2),
            _FEATURES,
            st.sampled_from(Outcome),
        ),
        max_size=60,
    )
)
def test_no_history_moves_a_reply_by_more_than_the_bound(choices: list[Choice]) -> None:
    learnt = learn(choices)
    assert all(abs(weight) <= BOUND for _, weight in learnt.weights)
    assert abs(learnt.score(("a", "b", "c", "d"))) <= BOUND
    assert learnt == learn(list(reversed(choices)))


def test_features_hold_no_words_of_a_reply() -> None:
    for reply in compose(DESK, DESK_MOOD):
        told = " ".join(features(reply))
        assert "desk" not in told and "A-48213" not in told
        assert f"strategy:{reply.strategy}" in told and "register:" in told
