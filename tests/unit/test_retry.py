"""When another attempt is made and how long is waited before it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from pulumi_audian.errors import Unreachable
from pulumi_audian.retry import BUSY, Again, Patience, Throttle, asked_wait, backoff, retrying

NOW = 1_697_797_800.0
"""2023-10-20 10:30:00 UTC in seconds since the epoch."""


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Move the clock on and note the wait."""
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock in place of the real one, so that nothing really sleeps."""
    fake = Clock()
    monkeypatch.setattr("tenacity.nap.time.sleep", fake.sleep)
    monkeypatch.setattr("time.monotonic", lambda: fake.now)
    return fake


@pytest.fixture
def _far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose local time is another than the API's."""
    with monkeypatch.context() as place:
        place.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_far_from_utc")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, None, id="nothing asked"),
        pytest.param({"retry-after": "7"}, 7, id="seconds"),
        pytest.param({"retry-after": "0"}, 0, id="at once"),
        pytest.param({"retry-after": "1.5"}, 1.5, id="fraction"),
        pytest.param({"retry-after": "-5"}, 0, id="negative"),
        pytest.param({"retry-after": "Fri, 20 Oct 2023 10:30:42 GMT"}, 42, id="date"),
        pytest.param({"retry-after": "Fri, 20 Oct 2023 10:29:00 GMT"}, 0, id="date in the past"),
        pytest.param({"retry-after": "Fri Oct 20 10:30:42 2023"}, 42, id="date without a zone"),
        pytest.param({"retry-after": "Friday, 20-Oct-23 10:30:42 GMT"}, 42, id="date of the old form"),
        pytest.param({"retry-after": "Fri, 20 Oct 2023 10:30:42 -0000"}, 42, id="date of an unknown zone"),
        pytest.param({"retry-after": "Fri, 20 Oct 2023 12:30:42 +0200"}, 42, id="date of another zone"),
        pytest.param({"retry-after": "soon"}, None, id="garbage"),
        pytest.param({"retry-after": "Fri, 99 Oct 2023 10:30:42 GMT"}, None, id="no such date"),
        pytest.param({"retry-after": ""}, None, id="empty"),
        pytest.param({"retry-after": "inf"}, None, id="infinite"),
        pytest.param({"retry-after": "nan"}, None, id="no number"),
        pytest.param({"ratelimit-reset": "9"}, 9, id="reset in seconds"),
        pytest.param({"ratelimit-reset": "1697797830"}, 30, id="reset as epoch"),
        pytest.param({"ratelimit-reset": "1697797000"}, 0, id="reset passed"),
        pytest.param({"ratelimit-reset": "later"}, None, id="reset garbage"),
        pytest.param({"retry-after": "3", "ratelimit-reset": "60"}, 3, id="retry-after first"),
        pytest.param({"retry-after": "soon", "ratelimit-reset": "60"}, 60, id="garbage, then reset"),
        pytest.param({"ratelimit-limit": "100", "ratelimit-remaining": "0"}, None, id="other headers"),
    ],
)
def test_the_wait_that_an_answer_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After counts before RateLimit-Reset, a time in the past asks for none, garbage is not an answer."""
    assert asked_wait(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "busy"),
    [(200, False), (400, False), (401, False), (404, False), (409, False), (500, False)]
    + [(status, True) for status in (429, 502, 503, 504)],
)
def test_which_statuses_pass(status: int, *, busy: bool) -> None:
    """Only overload and gateway failures are worth the same request again."""
    assert (status in BUSY) is busy


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [
        (1, 0.25, 0.5),
        (2, 0.5, 1),
        (3, 1, 2),
        (4, 2, 4),
        (6, 8, 16),
        (7, 10, 20),
        (50, 10, 20),
        pytest.param(5000, 10, 20),
    ],
)
def test_backoff_doubles_within_bounds(attempt: int, least: float, most: float) -> None:
    """The wait grows from half a second, is spread over its upper half and never exceeds twenty seconds."""
    waits = [backoff(attempt) for _ in range(100)]
    assert least <= min(waits)
    assert max(waits) <= most


def test_backoff_is_spread() -> None:
    """Processes that failed together do not come back together."""
    assert len({backoff(4) for _ in range(20)}) > 1


ERROR = Unreachable("the API can't be reached")


def failing(times: int, wait: float | None = None) -> Callable[[], str]:
    """A call that asks for another attempt this many times and then succeeds."""
    left = [Again(ERROR, wait)] * times

    def call() -> str:
        if left:
            raise left.pop()
        return "done"

    return call


def silent(_message: str) -> None:
    """Say nothing."""


def test_a_call_is_repeated_until_it_succeeds(clock: Clock) -> None:
    """The result of the first attempt that succeeds is the result of the loop."""
    assert retrying(120, silent)(failing(3)) == "done"
    assert len(clock.slept) == 3
    assert clock.slept == sorted(clock.slept)


def test_the_asked_wait_is_waited(clock: Clock) -> None:
    """What the API asked for takes the place of the backoff, each time."""
    retrying(120, silent)(failing(2, wait=7))
    assert clock.slept == [7, 7]


def test_without_a_budget_there_is_one_attempt(clock: Clock) -> None:
    """With a budget of 0 the first failure is the error that is raised, and nothing is waited."""
    with pytest.raises(Unreachable) as caught:
        retrying(0, silent)(failing(1, wait=0))
    assert caught.value is ERROR
    assert clock.slept == []


@pytest.mark.parametrize(
    ("budget", "wait", "slept"),
    [
        pytest.param(10, 11, [], id="one wait beyond the budget is not begun"),
        pytest.param(10, 4, [4, 4], id="waits that fit are waited, the next is not begun"),
        pytest.param(10, float("inf"), [], id="an endless wait"),
    ],
)
def test_the_budget_bounds_all_waits(clock: Clock, budget: float, wait: float, slept: list[float]) -> None:
    """The loop gives up before a wait that would exceed the budget, with the error of the last attempt."""
    with pytest.raises(Unreachable):
        retrying(budget, silent)(failing(99, wait=wait))
    assert clock.slept == slept


def test_other_errors_are_not_repeated(clock: Clock) -> None:
    """What does not ask for another attempt leaves the loop at once."""

    def call() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        retrying(120, silent)(call)
    assert clock.slept == []


@pytest.mark.parametrize(("wait", "lines"), [(0.5, 0), (5.0, 0), (5.5, 1), (30.0, 1)])
@pytest.mark.usefixtures("clock")
def test_only_a_long_wait_is_announced(wait: float, lines: int) -> None:
    """A wait of more than five seconds looks like a hang, so a line says why and how long."""
    said: list[str] = []
    retrying(120, said.append)(failing(1, wait=wait))
    assert len(said) == lines
    assert all(line == f"the API can't be reached; trying again in {wait:.0f} s" for line in said)


@pytest.mark.usefixtures("clock")
def test_a_wait_that_is_not_begun_is_not_announced() -> None:
    """Nobody is told of another attempt that the budget forbids."""
    said: list[str] = []
    with pytest.raises(Unreachable):
        retrying(10, said.append)(failing(1, wait=60))
    assert said == []


def test_a_throttle_holds_until_its_time_has_passed(clock: Clock) -> None:
    """A held throttle counts down with the clock and is open again afterwards."""
    throttle = Throttle()
    assert throttle.remaining() == 0
    throttle.hold(8)
    clock.now += 3
    assert throttle.remaining() == 5
    clock.now += 6
    assert throttle.remaining() == 0


@pytest.mark.usefixtures("clock")
def test_a_shorter_hold_does_not_shorten_a_longer_one() -> None:
    """Of several answers that ask for less traffic, the most patient one counts."""
    throttle = Throttle()
    throttle.hold(8)
    throttle.hold(2)
    assert throttle.remaining() == 8


@pytest.mark.usefixtures("clock")
def test_somebody_who_waits_is_told_of_each_wait() -> None:
    """A command on a terminal shows short waits too."""
    said: list[str] = []
    retrying(120, said.append, worth_saying=0)(failing(2, wait=0.5))
    assert len(said) == 2


def test_patience_ends_with_the_first_attempt_of_all_threads(clock: Clock) -> None:
    """From the first attempt that failed on, seconds count for all; a connection begins them again."""
    patience = Patience(6)
    assert patience.wait == 1
    assert not patience.is_over(clock.now)
    clock.now += 5.5
    assert not patience.is_over(clock.now)
    clock.now += 0.5
    assert patience.is_over(clock.now)
    patience.renew()
    assert not patience.is_over(clock.now)


def test_an_attempt_that_takes_long_counts_from_its_start(clock: Clock) -> None:
    """A host that swallows connections is not tried a second time."""
    started = clock.now
    clock.now += 6
    assert Patience(6).is_over(started)


def test_without_a_limit_patience_never_ends(clock: Clock) -> None:
    """An up tries as long as its own budget lasts, with its own backoff."""
    patience = Patience()
    assert not patience.is_over(clock.now)
    clock.now += 1_000_000
    assert not patience.is_over(clock.now)
    assert patience.wait is None
