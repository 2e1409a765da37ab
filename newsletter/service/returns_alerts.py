"""What an organiser must see of what came back: hints that prove nothing, and warnings that go to the chairs by mail.

Neither names an address in the log. A stranger can cause either, so both are bounded.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from newsletter import site
from newsletter.core import clock, errors, loops
from newsletter.service import reports
from newsletter.store import log

Warning = Literal["complaint", "policy", "forward"]
HINT, ALERT, TOLD = "hint", "alert", "alert told"
WARNED = "alert mailed"  # the entry in the log that says that a chair got one
HINTS_KEPT = timedelta(days=90)
APART = timedelta(hours=20)  # between two such mails


def hint(opened: site.Site, kind: str, masked: str, why: str) -> None:
    """Note a report that proves nothing, for `list report`. Runs inside the caller's write."""
    now = opened.clock.now()
    log.prune(opened.store, HINT, clock.iso(now - HINTS_KEPT))
    if log.count(opened.store, HINT, clock.iso(now - loops.DAY)) < loops.HINTS_A_DAY:
        log.add(opened.store, opened.clock.iso(), "report", HINT, f"{kind} {masked}".strip(), why)


def alert(opened: site.Site, warning: Warning, about: str) -> None:
    """Note what the chairs must be told. Runs inside the caller's write."""
    since = clock.iso(opened.clock.now() - loops.DAY)
    if log.count(opened.store, ALERT, since) < loops.HINTS_A_DAY:
        log.add(opened.store, opened.clock.iso(), "report", ALERT, warning, about)


def alert_once(opened: site.Site, warning: Warning, about: str) -> bool:
    """Note it unless the same was noted before; say whether it is new. Runs inside the caller's write."""
    if log.has(opened.store, ALERT, warning, about):
        return False
    alert(opened, warning, about)
    return True


def tell(opened: site.Site, note: Callable[[str], None]) -> int:
    """Mail the chairs what they were not told yet, at most once a day; return how many warnings that were.

    Never raises for a relay's no: it is tried again later.
    """
    chairs = [one for one in opened.config.organisers if one.role == reports.CHAIR]
    last = log.last(opened.store, TOLD)
    rows = log.since(opened.store, ALERT, last or "")
    if not rows or not opened.config.lists:
        return 0
    if last and opened.clock.now() - clock.parse(last) < APART:
        return 0
    counts = Counter(row["about"] for row in rows)
    lists = tuple(opened.config.lists.values())[:1]
    values: dict[str, object] = {"alerts": tuple((key, str(count)) for key, count in sorted(counts.items()))}
    try:
        composed = reports.compose(opened, "alert", "T", lists, values)
        # The first of them names the warnings, so that nobody gets them twice while another chair's copy is tried again.
        once = reports.Once(WARNED, rows[0]["at"])
        reports.to_each(opened, lists[0], composed, chairs, once, note)
    except (errors.RelayError, errors.PausedError, errors.EditionError) as problem:
        note(f"A warning to the chairs could not go out and is tried again later: {problem.message}")
        return 0
    with opened.store.write():
        # What was noted while the mails went out is told the next time.
        log.add(opened.store, rows[-1]["at"], "report", TOLD, f"{len(rows)} warnings")
    return len(rows)
