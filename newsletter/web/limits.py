"""How often a form that makes us write mail may be posted: per network and per list, within an hour.

Counts live in memory only, so no visitor's network is ever written down. How many mails one address may get is another
question, which the consent services answer from the database. Leaving and confirming have no limit: providers post
the one-click leaves of thousands of people from a few networks.
"""

import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable

SECONDS = 3600.0
KEYS = 20_000  # networks remembered; the one not seen for the longest time is forgotten first


class LimitError(Exception):
    """Too many posts; `seconds` says when to try again."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many posts")
        self.seconds = seconds


class Limits:
    """Counts posts by key over the last hour. Not for several threads: the pages' one thread uses it."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, key: str, at_most: int) -> None:
        """Count one post under a key. Raises LimitError when there were `at_most` within the hour already."""
        now = self._monotonic()
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        while times and now - times[0] >= SECONDS:
            times.popleft()
        if len(times) >= at_most:
            raise LimitError(SECONDS - (now - times[0]))
        times.append(now)
        while len(self._seen) > KEYS:
            self._seen.popitem(last=False)


def network(address: str) -> str:
    """The network an address belongs to: its /24, or its /64 in IPv6, where one household has all of it.

    What is no address (a socket without a peer) counts as one network of its own.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 64), strict=False))
