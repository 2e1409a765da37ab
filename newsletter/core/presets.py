"""Published limits of common relays, so that a group need not look them up.

Numbers change; a key in newsletter.toml beside `preset` wins over the number here. Each names the page that it comes
from. A number that no page gives is ours, chosen low, and says so.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may go out in any sliding window of that length; None is no limit."""

    per_second: int | None = None
    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    per_domain_per_minute: int | None = None


PRESETS: dict[str, tuple[Limits, int]] = {
    # Gmail help "Limits for sending & getting mail" (support.google.com/mail/answer/22839): 500 a day; over it the
    # account cannot send for up to 24 hours. The minute and the two connections are ours.
    "gmail": (Limits(per_minute=20, per_day=500), 2),
    # Google Workspace help "Gmail sending limits in Google Workspace" (support.google.com/a/answer/166852): 2,000
    # messages in any rolling 24 hours; a trial account has 500, set per_day then. The minute and the four are ours.
    "google-workspace": (Limits(per_minute=60, per_day=2_000), 4),
    # Microsoft Learn "Message storage and concurrent connection throttling for SMTP Authenticated Submission": 30
    # messages a minute, 10,000 recipients a day, three connections at a time (a fourth gets 432 4.3.2).
    "microsoft365": (Limits(per_minute=30, per_day=10_000), 3),
    # Amazon SES Developer Guide "Managing your Amazon SES sending limits": a rate a second and a quota of rolling 24
    # hours, other for each account. 14 and 50,000 are what new production accounts report; the sandbox has 1 and 200.
    "ses": (Limits(per_second=14, per_day=50_000), 4),
    # Postmark support "Do we have rate limits for SMTP?": no number of messages, only a plea for few connections at
    # a time. The rate and the five are ours.
    "postmark": (Limits(per_second=50), 5),
    # Shared web hosts publish 50 to 500 messages an hour (Hostbreak 50 on its smallest plan, nodeHost 120, Host Media
    # 200, ServerWeb 400, AdriaHost 500); nodeHost besides wants no more than 5 in two minutes at once. The lowest of
    # them; a new account somewhere may begin at 20 (WESH): set per_hour then.
    "shared-host": (Limits(per_minute=2, per_hour=50), 1),
}
