"""What keeps mail from going round in circles (RFC 3834). Pure functions over header fields."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

HOPS = 50  # Received lines of a mail that runs in a circle
LOOP_FIELD = "X-Newsletter-Passed-On"  # on what we pass on: we never take it in again
DAY = timedelta(days=1)
ANSWERS_A_DAY = 1
PASSED_A_DAY = 20  # mails of one person that we pass on
PASSED_A_DAY_IN_ALL = 300
HINTS_A_DAY = 100  # notes of reports that prove nothing


def may_answer(fields: Mapping[str, str]) -> bool:
    """Tell whether a mail may be answered by a machine, by its header fields (names in lower case).

    Never: null sender, Auto-Submitted other than no, lists, bulk, what suppresses answers, and our own mail (RFC 3834 2).
    """
    if fields.get("return-path", "").strip() == "<>":
        return False
    if fields.get("auto-submitted", "no").split(";")[0].strip().lower() not in ("", "no"):
        return False
    if fields.get("precedence", "").strip().lower() in ("bulk", "list", "junk", "auto_reply"):
        return False
    if any(name in fields for name in ("list-id", "list-unsubscribe", "list-post", LOOP_FIELD.lower())):
        return False
    sender = fields.get("from", "").lower()
    return not any(
        name in sender for name in ("mailer-daemon", "postmaster@", "no-reply", "noreply", "listserv@")
    )


def is_under(times: Sequence[datetime], limit: int, now: datetime) -> bool:
    """Tell whether one more fits into the limit of the last 24 hours."""
    return sum(now - one < DAY for one in times) < limit
