"""What every engine holds to. A test class inherits from it and brings a fixture `engine`."""

from __future__ import annotations

import pytest
from llm_world import BRANCHES, CHAT, ask

from agent_assist.errors import BugError, Cancelled
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import (
    MAX_BRANCHES,
    Branch,
    Ended,
    Engine,
    EngineEvent,
    EngineStopped,
    Loading,
    Reading,
    Request,
    Text,
)


class EngineContract:
    """The tests."""

    def die_in_next_request(self, engine: Engine, event: EngineEvent) -> None:
        """Called with every event of a request that is to die; ends the engine's process, as a crash would."""
        raise NotImplementedError

    def test_every_branch_is_answered_after_its_opening(self, engine: Engine) -> None:
        result, _ = ask(engine, BRANCHES)
        assert set(result.texts) == set(result.reasons) == {b.key for b in BRANCHES}
        for branch in BRANCHES:
            assert result.texts[branch.key].startswith(branch.opening)
            assert len(result.texts[branch.key]) > len(branch.opening)

    def test_events_come_in_order_and_add_up(self, engine: Engine) -> None:
        engine.close()
        result, events = ask(engine, BRANCHES)
        order = [{Loading: 0, Reading: 1, Text: 2, Ended: 2}[type(e)] for e in events]
        assert order == sorted(order)
        assert set(order) == {0, 1, 2}
        for branch in BRANCHES:
            mine = [e for e in events if isinstance(e, Text | Ended) and e.key == branch.key]
            assert [type(e) for e in mine].count(Ended) == 1
            assert mine[-1] == Ended(branch.key, result.reasons[branch.key])
            pieces = "".join(e.text for e in mine if isinstance(e, Text))
            assert branch.opening + pieces == result.texts[branch.key]

    def test_without_branches_the_conversation_is_only_read(self, engine: Engine) -> None:
        result, events = ask(engine)
        assert result.texts == {}
        assert result.stats.prompt_tokens > 0
        assert not [e for e in events if isinstance(e, Text | Ended)]

    def test_reading_ahead_writes_nothing(self, engine: Engine) -> None:
        events: list[EngineEvent] = []
        result = engine.run(Request(CHAT, BRANCHES, ahead=True), events.append, CancelToken())
        assert (result.texts, result.reasons) == ({}, {})
        assert result.stats.written_tokens == 0
        assert not [e for e in events if isinstance(e, Text | Ended)]
        assert set(ask(engine, BRANCHES)[0].texts) == {b.key for b in BRANCHES}

    def test_loading_twice_does_nothing(self, engine: Engine) -> None:
        events: list[EngineEvent] = []
        engine.load(events.append, CancelToken())
        events.clear()
        engine.load(events.append, CancelToken())
        assert events == []

    def test_a_cancelled_token_is_refused_at_once(self, engine: Engine) -> None:
        token = CancelToken()
        token.cancel()
        with pytest.raises(Cancelled):
            engine.run(Request(CHAT, BRANCHES), lambda _event: None, token)

    @pytest.mark.parametrize("kind", [Reading, Text, Ended])
    def test_a_cancel_stops_the_request_and_not_the_next(self, engine: Engine, kind: type[EngineEvent]) -> None:
        token = CancelToken()

        def stop(event: EngineEvent) -> None:
            assert not token.cancelled, "an event after the cancel"
            if isinstance(event, kind):
                token.cancel()

        fresh = (*CHAT[:-1], type(CHAT[-1])(CHAT[-1].role, f"Not read before: {kind.__name__}."))
        with pytest.raises(Cancelled):
            engine.run(Request(fresh, BRANCHES), stop, token)
        assert set(ask(engine, BRANCHES)[0].texts) == {b.key for b in BRANCHES}

    def test_a_late_cancel_stops_nothing(self, engine: Engine) -> None:
        token = CancelToken()
        engine.run(Request(CHAT, BRANCHES[:1]), lambda _event: token.on_cancel(lambda: None), token)
        token.cancel()
        assert ask(engine, BRANCHES[:1])[0].texts

    def test_a_deadline_counts_as_a_cancel(self, engine: Engine) -> None:
        engine.load(lambda _event: None, CancelToken())
        with pytest.raises(Cancelled):
            engine.run(Request(CHAT, BRANCHES), lambda _event: None, CancelToken(seconds=0))
        assert ask(engine, BRANCHES[:1])[0].texts

    def test_an_error_of_the_listener_passes_and_the_next_request_works(self, engine: Engine) -> None:
        def fail(event: EngineEvent) -> None:
            if isinstance(event, Text):
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            engine.run(Request(CHAT, BRANCHES), fail, CancelToken())
        assert set(ask(engine, BRANCHES[:1])[0].texts) == {BRANCHES[0].key}

    def test_a_death_fails_that_request_and_not_the_next(self, engine: Engine) -> None:
        ask(engine)
        with pytest.raises(EngineStopped):
            engine.run(Request(CHAT, BRANCHES), lambda e: self.die_in_next_request(engine, e), CancelToken())
        assert set(ask(engine, BRANCHES)[0].texts) == {b.key for b in BRANCHES}

    def test_closing_twice_is_fine_and_a_request_starts_afresh(self, engine: Engine) -> None:
        ask(engine)
        engine.close()
        engine.close()
        _, events = ask(engine, BRANCHES[:1])
        assert any(isinstance(e, Loading) for e in events)

    @pytest.mark.parametrize(
        "branches",
        [
            tuple(Branch(str(k)) for k in range(MAX_BRANCHES + 1)),
            (Branch("same"), Branch("same")),
            (Branch("none", max_tokens=0),),
        ],
    )
    def test_a_request_that_no_engine_can_serve_is_ours(self, branches: tuple[Branch, ...]) -> None:
        with pytest.raises(BugError):
            Request(CHAT, branches)
