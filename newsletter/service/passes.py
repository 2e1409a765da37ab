"""Passes: make the link that opens a booth or a door for a day, see which are open, take one back.

A link is signed and has a row: the row says when it ends and how much came in by it. It needs no session, since it is
handed to helpers; whoever holds it can sign people up, or tick who came, and nothing else.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from newsletter import site
from newsletter.core import clock, errors, passes
from newsletter.service import meetings, signup
from newsletter.store import ledger, log
from newsletter.store import passes as store

SALT_OCTETS = 4  # the token's second number


@dataclass(frozen=True, slots=True)
class Pass:
    """A link that is open: what for, until when (UTC ISO), by whom, and how many signed up by it."""

    number: int
    kind: passes.Kind
    slug: str
    title: str
    link: str
    until: str
    organiser: str
    signups: int = 0


def open_booth(opened: site.Site, slug: str) -> Pass:
    """Make the link of a list's booth, good for 24 hours. Raises NotFoundError, RefusedError, ConfigError."""
    mailing_list = opened.mailing_list(slug)
    if mailing_list.basis != "consent":
        raise errors.RefusedError(
            f"{slug} is filled by the society, so nobody can sign up to it at a booth",
            "Its basis is not consent: bring its members in with: newsletter member import",
        )
    return _open(opened, "booth", slug, slug, mailing_list.title, None)


def open_door(opened: site.Site, slug: str) -> Pass:
    """Make the link of a meeting's door, good for 24 hours. Raises NotFoundError, ConfigError."""
    row = meetings.find(opened, slug)
    return _open(opened, "door", slug, row["list_slug"], row["title"], row["id"])


def _open(
    opened: site.Site, kind: passes.Kind, slug: str, list_slug: str, title: str, meeting: int | None
) -> Pass:
    base_url = base(opened)
    now = opened.clock.now()
    until = clock.iso(now + passes.LIFE[kind])
    salt = int.from_bytes(opened.secret_bytes(SALT_OCTETS), "big")
    with opened.store.write():
        list_id = opened.store.list_ids[list_slug]
        number = store.add(
            opened.store, kind, salt, opened.organiser, clock.iso(now), until, list_id=list_id, meeting=meeting,
            wording=_wording(opened, list_slug),
        )  # fmt: skip
        log.add(opened.store, clock.iso(now), opened.organiser, f"{kind} link", slug)
    token = opened.tokens.make(kind, number, salt)
    return Pass(number, kind, slug, title, f"{base_url}/{kind}/{slug}/{token}", until, opened.organiser)


def base(opened: site.Site) -> str:
    """Where the pages are. Raises ConfigError when there are none."""
    if not opened.config.site.base_url:
        raise errors.ConfigError(
            "base_url is not set in newsletter.toml, so there are no pages to lead to",
            'Set it, such as base_url = "https://lists.example.org", and run: newsletter serve',
        )
    return opened.config.site.base_url


def _wording(opened: site.Site, list_slug: str) -> str | None:
    """The words that people sign up to with this link: kept now, so that they can be shown and proved later."""
    known = opened.config.lists.get(list_slug)
    if known is None or known.basis != "consent":
        return None
    list_id = opened.store.list_ids[list_slug]
    return ledger.keep_wording(opened.store, list_id, known.site.language, known.wording, opened.clock.iso())


def read(opened: site.Site, kind: passes.Kind, token: str) -> sqlite3.Row:
    """The pass behind a link's token, whether it is still open or not. Raises NotFoundError."""
    found = signup.read_token(opened, kind, token)
    row = store.get(opened.store, kind, found.number, found.member)
    if row is None:
        raise signup.unknown()
    return row


def list_of(opened: site.Site, row: sqlite3.Row) -> str:
    """The slug of a pass's list, also of one that another process has made since this one began."""
    if row["list"] not in opened.store.list_slugs:
        opened.store.register_lists(())
    return opened.store.list_slugs[row["list"]]


def open_ones(opened: site.Site) -> list[Pass]:
    """The booths and doors that are open now, the newest first."""
    return [_told(opened, row) for row in store.open_ones(opened.store, opened.clock.iso())]


def _told(opened: site.Site, row: sqlite3.Row) -> Pass:
    slug = row["meeting_slug"] or row["list_slug"]
    known = opened.config.lists.get(row["list_slug"])
    title = row["title"] or (known.title if known else slug)
    token = opened.tokens.make(row["kind"], row["id"], row["salt"])
    link = f"{base(opened)}/{row['kind']}/{slug}/{token}"
    return Pass(row["id"], row["kind"], slug, title, link, row["until"], row["organiser"], row["signups"])


def take_back(opened: site.Site, which: Callable[[Pass], bool]) -> list[Pass]:
    """End the open passes that are meant, at once; return them. What devices have not sent by then is refused."""
    with opened.store.write():
        going = [one for one in open_ones(opened) if which(one)]
        for one in going:
            store.end(opened.store, one.number, opened.clock.iso())
            log.add(opened.store, opened.clock.iso(), opened.organiser, f"{one.kind} link back", one.slug)
    return going
