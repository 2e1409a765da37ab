"""Limits over sliding windows, on a clock that the test moves."""

import bisect
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core import presets
from newsletter.mail import pace


def play(limits, connections, latency, seconds, *, chance=None, paced=None):
    """Send as fast as the pace allows; return when each mail started and when the server answered."""
    paced = paced or pace.Pace(limits)
    now, starts, answers = 0.0, [], []
    flying = []
    while now < seconds:
        while flying and flying[0] <= now:
            paced.free("example.org", flying[0])
            answers.append(flying.pop(0))
        while len(flying) < connections and paced.wait(now) <= 0:
            paced.take("example.org", now)
            starts.append(now)
            late = latency * (chance.random() if chance else 1)
            bisect.insort(flying, now + late)
        step = [paced.wait(now) if len(flying) < connections else 9e9, flying[0] - now if flying else 9e9]
        now += max(min(s for s in step if s >= 0), 1e-4)
    return starts, answers


def most_in_any(times, length):
    times = sorted(times)
    return max(i - bisect.bisect_right(times, t - length) + 1 for i, t in enumerate(times))


@pytest.mark.parametrize("connections", [1, 4, 10])
@pytest.mark.parametrize(
    ("limits", "limit", "length"),
    [
        (presets.Limits(per_second=5), 5, 1),
        (presets.Limits(per_second=14), 14, 1),
        (presets.Limits(per_minute=100), 100, 60),
        (presets.Limits(per_second=14, per_minute=100), 100, 60),
    ],
)
def test_limit_holds_and_is_used(limits, limit, length, connections):
    """Never more than the limit in any sliding window, however long an answer takes, and nearly all of it used."""
    seconds = 40 * length if length == 1 else 400
    latency = 0.001

    starts, ends = play(limits, connections, latency, seconds)

    assert most_in_any(starts, length) <= limit
    assert most_in_any(ends, length) <= limit
    assert len(starts) >= 0.98 * limit * seconds / length


@settings(max_examples=30)
@given(st.integers(1, 20), st.integers(1, 10), st.floats(0.001, 3), st.integers(0, 9999))
def test_limit_holds_at_the_server(limit, connections, latency, seed):
    """Whenever the server may have counted a mail, between its start and its answer, the limit holds."""
    chance = random.Random(seed)
    starts, ends = play(presets.Limits(per_second=limit), connections, latency, 15, chance=chance)
    counted = [start + chance.random() * 1e-9 for start in starts]

    assert most_in_any(counted, 1 - 1e-6) <= limit
    assert not ends or most_in_any(ends, 1 - 1e-6) <= limit


def test_a_minute_is_not_spent_in_a_burst():
    """A minute's limit is spread over the minute."""
    starts, _ = play(presets.Limits(per_minute=60), 4, 0.001, 60)

    assert most_in_any(starts, 1) <= 3
    assert len([start for start in starts if start < 30]) <= 34


def test_an_hour_goes_as_it_comes():
    """An hour's limit does not slow a small list down."""
    starts, _ = play(presets.Limits(per_hour=100), 4, 0.001, 5)

    assert len(starts) == 100


def test_restart_keeps_the_windows():
    """What was sent before a restart counts after it."""
    limits = presets.Limits(per_hour=100)
    paced = pace.Pace(limits)
    paced.restore("", -1800.0, 60)

    starts, _ = play(limits, 4, 0.001, 5, paced=paced)

    assert len(starts) == 40
    assert paced.wait(5) == pytest.approx(1795, abs=10)


def test_slot_of_an_unsent_mail_is_given_back():
    """A mail that never left uses nothing of the limit."""
    paced = pace.Pace(presets.Limits(per_hour=1))
    paced.take("a.org", 0)
    assert paced.wait(1) > 0
    paced.free("a.org", 1, used=False)

    assert paced.wait(1) == 0


def test_one_domain_waits_alone():
    """A domain's limit holds up that domain only."""
    paced = pace.Pace(presets.Limits(per_domain_per_minute=1))
    paced.take("a.org", 0)
    paced.free("a.org", 0)

    assert paced.wait_for("a.org", 1) > 50
    assert paced.wait_for("b.org", 1) == 0
    assert paced.wait(1) == 0


def test_brake_halves_and_climbs():
    """A server that asks for less gets half, once for a burst, and all again after enough good answers."""
    paced = pace.Pace(presets.Limits())
    for n in range(100):
        paced.take("a.org", n / 20)
        paced.good("a.org", n / 20)
    paced.slow(5.0)
    paced.slow(5.1)
    braked = play_rate(paced, 6.0, 4.0)
    for _ in range(5_000):
        paced.good("a.org", 20.0)

    assert 8 <= braked <= 12
    assert paced.wait(20.0) == 0
    assert play_rate(paced, 21.0, 1.0) > 100


def play_rate(paced, start, seconds):
    now, count = start, 0
    while now < start + seconds and count < 10_000:
        if paced.wait(now) <= 0:
            paced.take("b.org", now)
            count += 1
        else:
            now += 0.005
    return count / seconds


def test_brake_of_a_provider():
    """A provider's complaint slows that provider down and nobody else."""
    paced = pace.Pace(presets.Limits())
    paced.slow(1.0, "a.org")

    assert paced.by_domain
    assert paced.wait_for("a.org", 1.05) > 0
    assert paced.wait_for("b.org", 1.05) == 0


@pytest.mark.parametrize(
    ("sent", "named", "wait"),
    [
        (95, None, 3_000.0),  # the hour is nearly full, and began ten minutes ago
        (10, None, 3_600.0),  # no window explains it
        (10, 86_400.0, 85_800.0),  # the answer names the day
        (95, 3_600.0, 3_000.0),
    ],
)
def test_quota_and_windows(sent, named, wait):
    """A used-up quota holds until the window is over that the answer names, or the shortest that explains it."""
    paced = pace.Pace(presets.Limits(per_second=100, per_hour=100, per_day=1_000))
    paced.restore("", 1_000.0, sent)
    paced.hold(1_600.0, named)

    assert paced.wait(1_600.0) == pytest.approx(wait)


def test_quota_used_up():
    """When the relay's quota is used up nothing starts before the time."""
    paced = pace.Pace(presets.Limits())
    paced.hold(0.0, None)

    assert paced.wait(10.0) == pytest.approx(3590.0)
    assert paced.wait(3600.0) == 0


def test_a_day_needs_little_memory():
    """A day's window keeps at most a thousand marks."""
    window = pace.Window(10**9, 86_400)
    for second in range(0, 86_400, 2):
        window.take(second)
        window.free(second, used=True)

    assert len(window._done) <= 1_002
