"""How many mails a form may make us write to one mailbox, whoever fills it in. Pure rules; times are aware UTC."""

from collections.abc import Sequence
from datetime import datetime, timedelta

DAY = timedelta(days=1)
ASKS_UNPROVEN = 3  # confirm mails until somebody confirms, ever
ASKS_PROVEN = 3  # "you are on the list already", within a month
PROVEN_MEMORY = timedelta(days=30)
FRESH_A_DAY = 4  # links to one's own data: they die after an hour, so a person may need a second one
FRESH_APART = timedelta(minutes=2)


def may_ask(times: Sequence[datetime], now: datetime, *, proven: bool) -> bool:
    """Tell whether a sign-up form may cause one more mail: at most one in 24 hours, and three in all until confirmed.

    `times` are those of the mails since the last confirmation. Whoever is on the list already (`proven`) never ends in
    silence for good: there three within a month are the limit.
    """
    if any(now - one < DAY for one in times):
        return False
    counted = [one for one in times if not proven or now - one < PROVEN_MEMORY]
    return len(counted) < (ASKS_PROVEN if proven else ASKS_UNPROVEN)


def may_send_fresh(times: Sequence[datetime], now: datetime) -> bool:
    """Tell whether one more link to somebody's own data may go: four in 24 hours, two minutes apart."""
    if any(now - one < FRESH_APART for one in times):
        return False
    return sum(now - one < DAY for one in times) < FRESH_A_DAY
