"""Published limits of common relays, so that a group need not look them up.

Numbers change; a key in newsletter.toml beside `preset` wins over the number here. Sources are the providers' own
help pages by title; the smaller figure is taken where a provider names two.
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
    # Google Account help, "Limits for sending & getting mail": 500 messages a day.
    "gmail": (Limits(per_minute=20, per_day=500), 2),
    # Google Workspace Admin help, "Gmail sending limits in Google Workspace": 2,000 messages a day.
    "google-workspace": (Limits(per_minute=60, per_day=2000), 4),
    # Exchange Online limits (Microsoft Learn): 30 messages a minute, 10,000 recipients a day, 3 connections.
    "microsoft365": (Limits(per_minute=30, per_day=10_000), 3),
    # Amazon SES Developer Guide, "Managing your sending limits": what a new production account is given.
    "ses": (Limits(per_second=14, per_day=50_000), 4),
    # Postmark support, "Are there any rate limits?": none on sending; a few connections are asked for.
    "postmark": (Limits(per_second=50), 5),
    # Shared web hosts publish 100 to 500 messages an hour; the lowest is safe everywhere.
    "shared-host": (Limits(per_minute=10, per_hour=100), 1),
}
