"""A list's feed in Atom (RFC 4287): ids that never change, whole texts, no address and no personal link."""

import re
import sqlite3
import xml.etree.ElementTree as Tree

from newsletter import site
from newsletter.service import archive, reading

# What XML cannot hold, whatever the chair's text held (XML 1.0 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ATOM = "http://www.w3.org/2005/Atom"


def atom(opened: site.Site, on: archive.Shelf) -> bytes:
    """The newest public editions of a list as a feed."""
    base = opened.config.site.base_url or ""
    home = f"{base}/archive/{on.list.slug}/"
    rows = archive.newest(opened, on, archive.FEED)[0]
    own = on.list.site
    feed = Tree.Element("feed", {"xmlns": ATOM, "xml:lang": own.language})
    _add(feed, "id", f"{_authority(on)}:{on.list.slug}")
    _add(feed, "title", on.list.title)
    if on.list.description:
        _add(feed, "subtitle", on.list.description)
    _add(feed, "updated", max(map(_updated, rows), default="1970-01-01T00:00:00Z"))
    _add(feed, "link", rel="self", type="application/atom+xml", href=f"{home}feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href=home)
    _add(_add(feed, "author"), "name", own.name)
    for row in rows:
        entry = _add(feed, "entry")
        # Made of what the first send has fixed: the same whatever the edition's file and subject become.
        _add(entry, "id", f"{_authority(on)}:{row['edition']}")
        _add(entry, "title", row["title"])
        _add(entry, "link", rel="alternate", type="text/html", href=home + row["name"])
        _add(entry, "published", row["at"])
        _add(entry, "updated", _updated(row))
        _add(entry, "summary", row["summary"])
        body = "".join(reading.parts(row)).replace('src="pictures/', f'src="{home}pictures/')
        _add(entry, "content", body, type="html")
    written: bytes = Tree.tostring(feed, "utf-8", xml_declaration=True)
    return written


def _updated(row: sqlite3.Row) -> str:
    """When an entry last changed for its readers: written early, it is new on its day."""
    return str(max(row["at"], row["changed_at"]))


def _authority(on: archive.Shelf) -> str:
    """A tag URI's beginning (RFC 4151): the list's own domain at a date of the past."""
    return f"tag:{on.list.from_address.rpartition('@')[2]},2018"


def _add(parent: Tree.Element, name: str, text: str = "", **attributes: str) -> Tree.Element:
    child = Tree.SubElement(parent, name, attributes)
    child.text = _NOT_XML.sub("", text) or None
    return child
