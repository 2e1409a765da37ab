"""Members and messages for tests, put in by the services where there is one, and the whole database as text."""

import json
from datetime import date

from newsletter import site as sites
from newsletter.service import members


def add_member(opened: sites.Site, address: str, *slugs: str, name: str = "") -> int:
    """A member with attested consent on these lists; return the id."""
    basis = members.Basis("consent", "paper sheet", date(2018, 6, 28), statement="the chair, at meeting 1")
    for slug in slugs:
        members.add(opened, address, slug, basis, name=name)
    return int(members.find(opened, address)["id"])


def add_message(opened: sites.Site, *slugs: str) -> int:
    """A message to these lists, as if it had been sent; return the id."""
    with opened.store.write():
        cursor = opened.store.execute(
            """INSERT INTO message (kind, class, lists, subject, frozen, key, created_at)
            VALUES ('recap', 'M', ?, 'Meeting 1', '{}', 1, ?)""",
            (json.dumps(slugs), opened.clock.iso()),
        )
    assert cursor.lastrowid
    return cursor.lastrowid


def dump(opened: sites.Site) -> list[str]:
    """The whole database as text, to see whether anything changed."""
    return list(opened.store.connection.iterdump())
