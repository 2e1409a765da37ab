"""Dates as people write them, for doors: in a language, and in the site's own zone."""

from datetime import date, datetime

from newsletter import site
from newsletter.compose import catalogue
from newsletter.core import clock


def day(opened: site.Site, text: str, language: str) -> str:
    """A date (YYYY-MM-DD) or a UTC time in words: 13 September 2018, 13. September 2018."""
    own = opened.config.site
    moment = date.fromisoformat(text) if len(text) == 10 else clock.parse(text).astimezone(own.zone).date()
    return catalogue.day(moment, language, own.country or "")


def since_shown(opened: site.Site, list_id: int, since: str) -> str:
    """The day of a consent (UTC ISO) as a reader of that list reads it."""
    own = opened.config.lists[opened.store.list_slugs[list_id]].site
    moment = datetime.fromisoformat(since)
    shown = moment.astimezone(own.zone).date() if moment.tzinfo else moment.date()
    return catalogue.day(shown, own.language, own.country or "")


def month(first: date, language: str) -> str:
    """A month in words: June 2018."""
    return catalogue.month(first, language)


def short(moment: date, language: str) -> str:
    """A date without its year, as short as it can be told: 4 Jun, 4. Jun, 4 juin."""
    return catalogue.short(moment, language)
