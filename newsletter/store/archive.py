"""The archive: editions as pages, for each of their lists, and the search over them. Times are UTC ISO text."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.store import engine

# A page is there once its edition goes to everybody: its time has come, and the sender has begun (whoever is paused or
# cancelled after that has readers already; a copy that went before that time was the committee's).
_IS_OUT = """p.at <= :now AND (e.state = 'running' OR e.state = 'done' OR EXISTS (
  SELECT 1 FROM message g JOIN delivery d ON d.message = g.id
  WHERE g.edition = e.id AND d.state = 'sent' AND d.dated_at >= p.at))"""
_OPEN = "(:members OR p.is_public)"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is written. `attached` is a JSON array."""

    list: int
    edition: str
    name: str
    at: str
    is_public: bool
    subject: str
    title: str
    summary: str
    html: str
    text: str
    attached: str


def put(store: engine.Store, page: Page, now: str) -> None:
    """Write a page, or write it anew; its time and its address stay those of the first time."""
    number = store.value(
        """INSERT INTO archive_page (list, edition, name, at, is_public, subject, title, summary, html, text, attached,
        changed_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (list, name) DO UPDATE SET is_public = excluded.is_public,
        subject = excluded.subject, title = excluded.title, summary = excluded.summary, html = excluded.html,
        text = excluded.text, attached = excluded.attached, changed_at = excluded.changed_at RETURNING id""",
        (
            page.list, page.edition, page.name, page.at, int(page.is_public), page.subject, page.title, page.summary,
            page.html, page.text, page.attached, now,
        ),
    )  # fmt: skip
    store.execute("DELETE FROM archive_words WHERE rowid = ?", (number,))
    places = f"l{page.list}m l{page.list}p" if page.is_public else f"l{page.list}m"
    store.execute(
        "INSERT INTO archive_words (rowid, place, subject, text) VALUES (?,?,?,?)",
        (number, places, f"{page.subject} {page.title}", page.text),
    )


def take_out(store: engine.Store, edition: str) -> None:
    """Remove an edition's pages and pictures."""
    store.execute(
        "DELETE FROM archive_words WHERE rowid IN (SELECT id FROM archive_page WHERE edition = ?)", (edition,)
    )
    store.execute("DELETE FROM archive_page WHERE edition = ?", (edition,))
    store.execute("DELETE FROM archive_picture WHERE edition = ?", (edition,))


def put_pictures(store: engine.Store, edition: str, pictures: Iterable[tuple[str, str, bytes]]) -> None:
    """Set the pictures (name, type, octets) of an edition's pages."""
    store.execute("DELETE FROM archive_picture WHERE edition = ?", (edition,))
    store.executemany(
        "INSERT INTO archive_picture (edition, name, type, data) VALUES (?,?,?,?)",
        [(edition, *picture) for picture in pictures],
    )


def page(store: engine.Store, list_id: int, name: str, now: str, *, members: bool) -> sqlite3.Row | None:
    """A page of a list; `members` sees those that are not public too."""
    return store.row(
        f"""SELECT p.*, e.kind, e.meeting, e.queued_at FROM archive_page p JOIN edition e ON e.id = p.edition
        WHERE p.list = :list AND p.name = :name AND {_OPEN} AND {_IS_OUT}""",  # noqa: S608 - constants only
        {"list": list_id, "name": name, "members": members, "now": now},
    )


def newest(
    store: engine.Store, list_id: int, now: str, limit: int, *, members: bool, before: int | None = None
) -> list[sqlite3.Row]:
    """A list's pages, the newest first; `before` is the id of the page after which to go on."""
    return store.rows(
        f"""SELECT p.*, e.kind FROM archive_page p JOIN edition e ON e.id = p.edition
        WHERE p.list = :list AND {_OPEN} AND {_IS_OUT} AND (:before IS NULL
          OR (p.at, p.id) < (SELECT b.at, b.id FROM archive_page b WHERE b.id = :before AND b.list = :list))
        ORDER BY p.at DESC, p.id DESC LIMIT :limit""",  # noqa: S608 - constants only
        {"list": list_id, "members": members, "now": now, "before": before, "limit": limit},
    )


def beside(
    store: engine.Store, list_id: int, row: sqlite3.Row, now: str, *, members: bool
) -> tuple[sqlite3.Row | None, sqlite3.Row | None]:
    """The pages before and after one, by time."""
    values = {"list": list_id, "members": members, "now": now, "at": row["at"], "id": row["id"]}
    found = [
        store.row(
            f"""SELECT p.name, p.subject FROM archive_page p JOIN edition e ON e.id = p.edition
            WHERE p.list = :list AND {_OPEN} AND {_IS_OUT} AND (p.at, p.id) {sign} (:at, :id)
            ORDER BY p.at {order}, p.id {order} LIMIT 1""",  # noqa: S608 - constants only
            values,
        )
        for sign, order in (("<", "DESC"), (">", "ASC"))
    ]
    return found[0], found[1]


def search(
    store: engine.Store, list_id: int, words: Sequence[str], now: str, limit: int, *, members: bool
) -> list[sqlite3.Row]:
    """A list's pages that hold words beginning with all of these, the newest first; `found` marks them with \\x02 \\x03."""
    terms = " AND ".join('"' + word.replace('"', '""') + '" *' for word in words)
    return store.rows(
        f"""SELECT p.id, p.name, p.at, p.subject, p.title, p.summary, p.changed_at, e.kind,
          snippet(archive_words, 2, char(2), char(3), ' … ', 24) AS found
        FROM archive_words w JOIN archive_page p ON p.id = w.rowid JOIN edition e ON e.id = p.edition
        WHERE archive_words MATCH :terms AND p.list = :list AND {_OPEN} AND {_IS_OUT}
        ORDER BY w.rowid DESC LIMIT :limit""",  # noqa: S608 - constants only
        {
            "terms": f"place : l{list_id}{'m' if members else 'p'} AND {{subject text}} : ({terms})",
            "list": list_id, "members": members, "now": now, "limit": limit,
        },
    )  # fmt: skip


def picture(store: engine.Store, list_id: int, name: str, now: str, *, members: bool) -> sqlite3.Row | None:
    """A picture of any of a list's pages."""
    return store.row(
        f"""SELECT i.type, i.data FROM archive_page p JOIN edition e ON e.id = p.edition
        JOIN archive_picture i ON i.edition = p.edition AND i.name = :name
        WHERE p.list = :list AND {_OPEN} AND {_IS_OUT} LIMIT 1""",  # noqa: S608 - constants only
        {"list": list_id, "name": name, "members": members, "now": now},
    )


def pages_of(store: engine.Store, edition: str) -> list[sqlite3.Row]:
    """An edition's pages with their list's slug, whether they are out or not."""
    return store.rows(
        """SELECT p.name, p.at, p.is_public, l.slug FROM archive_page p JOIN list l ON l.id = p.list
        WHERE p.edition = ? ORDER BY p.id""",
        (edition,),
    )


def version(store: engine.Store) -> tuple[int, int]:
    """A number that changes whenever the database did, by this connection or another."""
    return int(store.value("PRAGMA data_version")), store.connection.total_changes


def attached(row: sqlite3.Row) -> tuple[str, ...]:
    """The names of the attachments that a page's mail had."""
    return tuple(json.loads(row["attached"]))
