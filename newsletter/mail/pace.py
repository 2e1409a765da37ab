"""How fast mail may go out: limits over sliding windows, smoothed, and a brake for servers that ask for less.

A slot is taken before the envelope and comes free one window after the server's answer: so the server can never count
more than the limit in any window, whatever the way takes. Times are seconds of one clock that the caller chooses.
"""

from collections import deque
from dataclasses import dataclass, field

from newsletter.core import presets

_GRAIN = 1_000  # a window remembers its answers in this many parts, so that a day's limit needs little memory
_SMOOTHED = 60.0  # windows up to this length are spent evenly; an hour's or a day's limit may go as it comes
_HASTE = 0.95  # the even gap is a little short, so that rounding never costs part of the limit
_BRAKE_FLOOR = 1 / 60  # mails a second at which a brake stops slowing down
# After so many good answers, or so many seconds of them, a braked rate rises by a tenth.
_CLIMB_EVERY, _CLIMB_SECONDS, _CLIMB = 100, 10.0, 1.1
_FIRST_RATE = (
    10.0  # mails a second that a server is thought to have got when it complains before we could measure
)
_ONE_BURST = 1.0  # seconds within which several complaints count as one
_NEARLY = 0.9  # a window that is so full may explain that a relay says enough
_LEAST_HOLD = 60.0
_QUOTA_SECONDS = 3_600.0  # how long a relay is left alone that says enough when no window of ours explains it
_NEVER = float("-inf")
_UNKNOWN = 0.05  # seconds to wait when all slots are in the air


@dataclass(slots=True)
class Window:
    """At most `limit` mails in any `length` seconds."""

    limit: int
    length: float
    flying: int = 0
    _done: deque[tuple[float, int]] = field(default_factory=deque)
    _count: int = 0
    _even: float = 0.0  # when the next mail would go if all were spread evenly

    def wait(self, now: float) -> float:
        """Seconds until a mail may start; 0 is now."""
        while self._done and self._done[0][0] + self.length <= now:
            self._count -= self._done.popleft()[1]
        if self._count + self.flying >= self.limit:
            return self._done[0][0] + self.length - now if self._done else _UNKNOWN
        return max(0.0, self._even - self._gap - now) if self.length <= _SMOOTHED else 0.0

    @property
    def _gap(self) -> float:
        return self.length / self.limit * _HASTE

    @property
    def is_nearly_full(self) -> bool:
        """Whether the limit is (nearly) used up."""
        return self._count + self.flying >= self.limit * _NEARLY

    def over(self, now: float) -> float:
        """When the window is over that began with the oldest mail that still counts."""
        return (self._done[0][0] if self._done else now) + self.length

    def take(self, now: float) -> None:
        """Use a slot for a mail that starts now."""
        self.flying += 1
        self._even = max(self._even, now) + self._gap

    def free(self, now: float, *, used: bool) -> None:
        """End a mail: its slot comes free one window from now, or at once when it was not used."""
        self.flying -= 1
        if used:
            self.note(now, 1)

    def note(self, at: float, count: int) -> None:
        """Count mails that ended at a time, also when that was before a restart."""
        self._count += count
        if self._done and at - self._done[-1][0] < self.length / _GRAIN:
            at, count = max(at, self._done[-1][0]), count + self._done.pop()[1]
        self._done.append((at, count))


@dataclass(slots=True)
class Brake:
    """Halves the rate when a server asks for less and climbs again with good answers."""

    rate: float | None = None  # mails a second; None is not braked
    _goal: float = 0.0
    _next: float = 0.0
    _slowed: float = _NEVER
    _changed: float = 0.0
    _good: int = 0
    _since: float = 0.0
    _seen: int = 0

    def wait(self, now: float) -> float:
        """Seconds until a mail may start; 0 is now."""
        return max(0.0, self._next - now)

    def take(self, now: float) -> None:
        """Count a mail that starts now."""
        if self.rate is not None:
            self._next = max(self._next, now) + 1 / self.rate

    def good(self, now: float) -> None:
        """Count a good answer."""
        if self._seen == 0 or now - self._since > 10:
            self._since, self._seen = now, 0
        self._seen += 1
        if self.rate is None:
            return
        self._good += 1
        if self._good >= _CLIMB_EVERY or now - self._changed >= _CLIMB_SECONDS:
            self.rate = self.rate * _CLIMB
            self._good, self._changed = 0, now
            if self.rate >= self._goal:
                self.rate = None

    def measured(self, now: float) -> float:
        """Good answers a second, lately."""
        if now - self._since < 1.0:
            return max(float(self._seen), _FIRST_RATE)
        return self._seen / (now - self._since) if self._seen else _FIRST_RATE

    def slow(self, now: float, rate: float) -> None:
        """Halve the rate, once for a burst of complaints; `rate` is what it was if there was no brake yet."""
        if now - self._slowed < _ONE_BURST:
            return
        if self.rate is None:
            self._goal = self.rate = max(rate, _BRAKE_FLOOR)
        self.rate = max(self.rate / 2, _BRAKE_FLOOR)
        self._slowed = self._changed = now
        self._good = 0
        self._next = now + 1 / self.rate


class Pace:
    """The limits of one relay: its own, and the same for each recipient domain."""

    def __init__(self, limits: presets.Limits) -> None:
        pairs = (
            (limits.per_second, 1.0),
            (limits.per_minute, 60.0),
            (limits.per_hour, 3600.0),
            (limits.per_day, 86_400.0),
        )
        self._windows = [Window(limit, length) for limit, length in pairs if limit]
        self._domain_limit = limits.per_domain_per_minute
        self._domains: dict[str, Window] = {}
        self._brake = Brake()
        self._brakes: dict[str, Brake] = {}
        self._held_until = _NEVER
        self.limited = bool(self._windows or self._domain_limit)  # any limit: it must outlive a restart
        self.is_free = not self.limited  # nothing can make a mail wait now: neither limit nor brake

    @property
    def slowed(self) -> tuple[str, ...]:
        """The domains that asked for less and get it."""
        return tuple(self._brakes)

    @property
    def by_domain(self) -> bool:
        """Whether a domain may have to wait while others may go."""
        return bool(self._domain_limit or self._brakes)

    @property
    def memory(self) -> float:
        """Seconds for which an answer counts."""
        lengths = [window.length for window in self._windows] + [60.0 if self._domain_limit else 0.0]
        return max(lengths)

    def wait(self, now: float) -> float:
        """Seconds until the relay takes another mail."""
        waits = [window.wait(now) for window in self._windows]
        if self._held_until > now:
            waits.append(self._held_until - now)
        elif self._held_until > _NEVER:
            self._held_until = _NEVER
            self._look()
        if self._brake.rate is not None:
            waits.append(self._brake.wait(now))
        return max(waits, default=0.0)

    def wait_for(self, domain: str, now: float) -> float:
        """Seconds until a domain may be sent another mail; the relay's own wait comes on top."""
        brake = self._brakes.get(domain)
        waiting = brake.wait(now) if brake else 0.0
        return max(waiting, self._domain(domain).wait(now)) if self._domain_limit else waiting

    def take(self, domain: str, now: float) -> None:
        """Use a slot for a mail that starts now."""
        for window in self._windows:
            window.take(now)
        self._brake.take(now)
        if self._domain_limit:
            self._domain(domain).take(now)
        if domain in self._brakes:
            self._brakes[domain].take(now)

    def free(self, domain: str, now: float, *, used: bool = True) -> None:
        """End a mail; `used` is whether the server may have counted it."""
        for window in self._windows:
            window.free(now, used=used)
        if self._domain_limit:
            self._domain(domain).free(now, used=used)

    def good(self, domain: str, now: float) -> None:
        """Count an accepted mail."""
        self._brake.good(now)
        if self.is_free:
            return
        brake = self._brakes.get(domain)
        if brake:
            brake.good(now)
            if brake.rate is None:
                del self._brakes[domain]
        self._look()

    def slow(self, now: float, domain: str = "") -> None:
        """Send half as fast to a domain, or (without one) over this relay."""
        brake = self._brakes.setdefault(domain, Brake()) if domain else self._brake
        brake.slow(now, self._brake.measured(now))
        self.is_free = False

    def hold(self, now: float, named: float | None) -> None:
        """Send nothing before the relay's quota renews: it says that it is used up.

        `named` is the length of the window that its answer names, if any; else the shortest of ours that is (nearly)
        full explains it, and an hour is waited when none does.
        """
        known = [
            window
            for window in self._windows
            if window.length > 1 and (window.is_nearly_full if named is None else window.length == named)
        ]
        until = known[0].over(now) if known else now + _QUOTA_SECONDS
        # The relay may count from another moment than we do: never ask again at once.
        self._held_until = max(self._held_until, until, now + _LEAST_HOLD)
        self.is_free = False

    def restore(self, domain: str, at: float, count: int) -> None:
        """Count mails that ended before this process began; `domain` is empty for the relay as a whole."""
        if domain and self._domain_limit:
            self._domain(domain).note(at, count)
        elif not domain:
            for window in self._windows:
                window.note(at, count)

    def _look(self) -> None:
        """See whether anything can make a mail wait."""
        braked = bool(self._brakes) or self._brake.rate is not None or self._held_until > _NEVER
        self.is_free = not (self.limited or braked)

    def _domain(self, domain: str) -> Window:
        found = self._domains.get(domain)
        if found is None:
            found = self._domains[domain] = Window(self._domain_limit or 1, 60.0)
        return found
