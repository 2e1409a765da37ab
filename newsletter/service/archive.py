"""The archive: editions as pages. A list's pages are public only where its file says so; a member reads all of them by the
link in their own mails.

Pages are made once, when an edition is sent or amended. Whether somebody sees one is asked anew each time, so a list that
becomes private is private at once.
"""

import json
import re
import sqlite3
from dataclasses import dataclass
from typing import Any

from newsletter import settings, site
from newsletter.compose import archived, frame
from newsletter.core import errors, words
from newsletter.service import editions as files
from newsletter.store import archive as store
from newsletter.store import members, promises, subscriptions

PAGE, FEED = 20, 20
TOLD = ("recap", "letter")  # kinds that say what happened
WORDS, WORD_LIMIT = 8, 40  # of a search: so many words, so many characters each
_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list's archive as somebody may read it: all of it for members, else what is public."""

    list: settings.MailingList
    list_id: int
    members: bool


def write(opened: site.Site, found: files.Opened, at: str) -> None:
    """Make the pages of an edition, for each of its lists; `at` is when it goes to everybody (kept once it is set).

    Runs inside the caller's write transaction. Raises EditionError.
    """
    if not found.edition.archive:
        store.take_out(opened.store, found.id)
        return
    made, now = archived.archived(found.edition, found.frame), opened.clock.iso()
    for mailing_list in found.lists:
        page = store.Page(
            list=opened.store.list_ids[mailing_list.slug],
            edition=found.id,
            name=frame.page_name(found.id, mailing_list.slug),
            at=at,
            is_public=found.edition.kind != "notice",
            subject=made.subject,
            title=made.title,
            summary=made.summary,
            html=made.html,
            text=made.text,
            attached=json.dumps(made.attached),
        )
        store.put(opened.store, page, now)
    pictures = [(picture.name, picture.type, picture.data) for picture in made.pictures]
    store.put_pictures(opened.store, found.id, pictures)


def shelf(opened: site.Site, slug: str, token: str = "") -> Shelf:
    """The archive of a list: by the link of one of its members, or by anybody where it is public. Raises NotFoundError,
    one and the same whatever the reason."""
    mailing_list, list_id = opened.config.lists.get(slug), opened.store.list_ids.get(slug)
    if mailing_list is not None and list_id is not None:
        if token and _is_member(opened, list_id, token):
            return Shelf(mailing_list, list_id, members=True)
        if not token and mailing_list.archive:
            return Shelf(mailing_list, list_id, members=False)
    raise _missing()


def _missing() -> errors.NotFoundError:
    return errors.NotFoundError("there is no such page")


def _is_member(opened: site.Site, list_id: int, token: str) -> bool:
    """Whether a link is of somebody who is on the list now: who left it reads the public part like anybody."""
    read = opened.tokens.read("archive", token)
    if read is None:
        return False
    row, held = (
        members.by_id(opened.store, read.member),
        subscriptions.get(opened.store, list_id, read.member),
    )
    return row is not None and bool(row["key"]) and held is not None and held["state"] in words.ON_THE_LIST


def newest(
    opened: site.Site, on: Shelf, limit: int = PAGE, before: int | None = None
) -> tuple[list[sqlite3.Row], int | None]:
    """The newest pages, and the number after which the next ones begin (None: there are no more)."""
    rows = store.newest(
        opened.store, on.list_id, opened.clock.iso(), limit + 1, members=on.members, before=before
    )
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None


def search(opened: site.Site, on: Shelf, query: str) -> list[sqlite3.Row]:
    """The newest pages that hold words beginning with all words of a query; nothing for a query without any."""
    asked = [word[:WORD_LIMIT] for word in _WORD.findall(query)[:WORDS]]
    if not asked:
        return []
    return store.search(opened.store, on.list_id, asked, opened.clock.iso(), PAGE, members=on.members)


@dataclass(frozen=True, slots=True)
class Read:
    """A page with what stands around it: its amendments, the pages before and after it."""

    row: sqlite3.Row
    attached: tuple[str, ...]
    amendments: list[sqlite3.Row]
    older: sqlite3.Row | None
    newer: sqlite3.Row | None


def page(opened: site.Site, on: Shelf, name: str) -> Read:
    """A page by the last part of its address. Raises NotFoundError."""
    now = opened.clock.iso()
    row = store.page(opened.store, on.list_id, name, now, members=on.members)
    if row is None:
        raise _missing()
    older, newer = store.beside(opened.store, on.list_id, row, now, members=on.members)
    return Read(row, store.attached(row), promises.amendments(opened.store, row["edition"]), older, newer)


def picture(opened: site.Site, on: Shelf, name: str) -> tuple[str, bytes]:
    """MIME type and octets of a picture. Raises NotFoundError."""
    row = store.picture(opened.store, on.list_id, name, opened.clock.iso(), members=on.members)
    if row is None:
        raise _missing()
    return row["type"], row["data"]


def places(opened: site.Site, edition: str) -> list[dict[str, Any]]:
    """Where an edition can be read: for each list the address, and who may see it (everybody, members)."""
    base, found = opened.config.site.base_url, []
    for row in store.pages_of(opened.store, edition) if base else ():
        known = opened.config.lists.get(row["slug"])
        is_public = bool(row["is_public"]) and known is not None and known.archive
        found.append(
            {
                "list": row["slug"],
                "for": "everybody" if is_public else "members",
                "url": f"{base}/archive/{row['slug']}/{row['name']}" if is_public else "",
                "from": row["at"],
            }
        )
    return found


def last_told(opened: site.Site) -> tuple[Shelf, sqlite3.Row] | None:
    """The newest public recap or letter of any list."""
    found = []
    for slug, mailing_list in opened.config.lists.items():
        if mailing_list.archive:
            on = Shelf(mailing_list, opened.store.list_ids[slug], members=False)
            found += [(row["at"], on, row) for row in newest(opened, on)[0] if row["kind"] in TOLD][:1]
    return max(found, key=lambda one: one[0])[1:] if found else None


def version(opened: site.Site) -> object:
    """Something that differs whenever the database does."""
    return store.version(opened.store)
