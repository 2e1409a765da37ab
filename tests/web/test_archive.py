"""The archive's pages: what a stranger gets of a private list (nothing), header fields, 304, pictures, feed, front page."""

import re
import xml.etree.ElementTree as Tree
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.service import amending, queueing
from tests import conftest, people
from tests.compose import composing
from tests.service import outgoing
from tests.service.test_archive import CLOSED, OPEN, PUBLIC, begin, token

TEXT = """\
+++
kind = "recap"
subject = "{title}"
preheader = "What we talked about, and the next date in September"
attach = ["agenda.pdf"]
{more}
+++
Dear {{{{ first_name | "friend" }}}},

we met, and [slides](later:2018-07-10) follow. Ask <secret@example.net>.

![The room](room.png)

{word}
"""
ATOM = "{http://www.w3.org/2005/Atom}"
PICTURE = re.compile(r"pictures/[0-9a-f]{32}\.png")


def publish(opened: sites.Site, slug: str, stem: str, word: str, more: str = "") -> Path:
    """An edition with a picture and an attachment, on its way."""
    path = outgoing.edition(opened, TEXT.format(title=f"Title {word}", word=word, more=more), slug, stem)
    composing.folder_with(path.parent, room_png=composing.png(), agenda_pdf=b"%PDF-1.4 secret")
    queueing.queue(opened, path, queueing.Order(allow=frozenset(["cap"])))
    begin(opened, f"{slug}/{stem}", "done")
    return path


@pytest.fixture
def group(make_site) -> sites.Site:
    """Two editions of a public list and two of a private one; a member on each."""
    opened = make_site(OPEN, CLOSED, toml=outgoing.relay_toml(1), list_toml=PUBLIC)
    (opened.root / "lists" / CLOSED / "list.toml").write_text(conftest.LIST_TOML, "utf-8")
    people.add_member(opened, "ada@example.org", OPEN)
    people.add_member(opened, "ben@example.org", CLOSED)
    opened.close()
    opened = sites.open_site(opened.root, running=opened.clock)
    for number, word in enumerate(("apple", "pear"), 1):
        publish(opened, OPEN, f"2018-06-0{number}-{word}", word)
        publish(opened, CLOSED, f"2018-06-0{number}-{word}", f"inner {word}")
    return opened


def hidden(opened: sites.Site) -> list[str]:
    """Every path of the private list that somebody could think of or has seen in a member's hand."""
    mine, others = token(opened, "ben@example.org"), token(opened, "ada@example.org")
    rests = [
        "",
        "/",
        "/feed.xml",
        "/?q=apple",
        "/?q=inner&before=1",
        "/?before=99",
        "/2018-06-01-apple",
        "/1",
        "/2018-06-01-apple/",
    ]
    picture = opened.store.value("SELECT name FROM archive_picture")
    rests += [
        f"/pictures/{picture}",
        "/pictures/room.png",
        f"/{mine[:-1]}/",
        f"/{mine[:-1]}{'b' if mine.endswith('a') else 'a'}/2018-06-01-apple",
        "/../open-list/",
    ]
    rests += [
        f"/{others}/",
        f"/{others}/2018-06-01-apple",
        f"/{others}/pictures/{picture}",
        f"/{others}/?q=apple",
    ]
    rests += [f"/{opened.tokens.make(purpose, 1, 2)}/" for purpose in ("leave", "me", "rsvp", "confirm")]
    rests += [f"/{opened.tokens.make('archive', 1, member)}/" for member in (0, 1, 3, 99)]
    return [f"/archive/{CLOSED}{rest}" for rest in rests]


def test_not_one_page_of_a_private_list_opens_to_a_stranger(group: sites.Site, serve) -> None:
    """T42, T15: each answers like a list that does not exist, byte for byte; nor does another page name it."""
    server = serve(group)

    unknown = server.get("/archive/nothing/")
    assert unknown.status == 404
    for path in hidden(group):
        found = server.get(path)
        assert (found.status, found.body) == (404, unknown.body), path
        assert found.headers["x-robots-tag"] == "noindex, nofollow"
    for path in ("/", f"/archive/{OPEN}/", f"/archive/{OPEN}/?q=inner", f"/archive/{OPEN}/feed.xml"):
        assert "inner" not in server.get(path).body.replace('value="inner"', "")


def test_importing_and_sending_opens_nothing(group: sites.Site, serve) -> None:
    """T42: while editions come in by the dozen, every address of the private list stays shut."""
    server = serve(group)
    before = hidden(group)

    for number in range(12):
        publish(group, CLOSED, f"2018-06-2{number}", f"new {number}")
        found = [
            server.get(path).status for path in (*before[number::12], f"/archive/{CLOSED}/2018-06-2{number}")
        ]
        assert set(found) == {404}


def test_a_member_reads_by_the_link_in_the_mail(group: sites.Site, serve) -> None:
    """The list, a page, its picture, a search: all under the token, never kept, never for a search engine."""
    server = serve(group)
    here = f"/archive/{CLOSED}/{token(group, 'ben@example.org')}/"

    front, page, found = (server.get(here + rest) for rest in ("", "2018-06-01-apple", "?q=inner"))
    picture = server.get(here + PICTURE.findall(page.body)[0])

    assert [one.status for one in (front, page, found, picture)] == [200] * 4
    for one in (front, page, found, picture):
        assert one.headers["cache-control"] == "no-store"
        assert one.headers["x-robots-tag"] == "noindex, nofollow"
        assert "etag" not in one.headers
    assert f'href="{here}2018-06-02-pear"' in front.body
    assert f'action="{here}"' in front.body
    assert '<meta name="robots" content="noindex' in page.body
    assert "feed.xml" not in front.body + page.body
    assert "/join/" not in page.body


def test_the_link_stands_in_the_mail(group: sites.Site) -> None:
    """Public: one address for all; private: the member's own; a notice's is the member's own in any case."""
    composed = {
        row["edition"]: row["frozen"] for row in group.store.rows("SELECT edition, frozen FROM message")
    }

    assert f"/archive/{OPEN}/2018-06-01-apple" in composed[f"{OPEN}/2018-06-01-apple"].replace("=\\r\\n", "")
    assert "token_archive" not in composed[f"{OPEN}/2018-06-01-apple"]
    assert "token_archive" in composed[f"{CLOSED}/2018-06-01-apple"]
    assert "List-Archive" in composed[f"{OPEN}/2018-06-01-apple"]
    assert "List-Archive" not in composed[f"{CLOSED}/2018-06-01-apple"]


def test_a_public_page(group: sites.Site, serve) -> None:
    """As good as the mail, for anybody: no personal link, no address, the attachment by name alone, the way to join."""
    server = serve(group)

    page = server.get(f"/archive/{OPEN}/2018-06-01-apple")

    assert page.status == 200
    assert page.headers["x-robots-tag"] == "all"
    assert "noindex" not in page.body
    assert "Dear friend," in page.body
    assert "secret (at) example (dot) net" in page.body
    assert "agenda.pdf" in page.body
    assert "(the link follows by 10 July 2018)" in page.body
    assert f'href="/join/{OPEN}"' in page.body
    assert "Write to <strong>chair (at) example (dot) org</strong>, and it goes." in page.body
    assert "@" not in re.sub(r"<style>.*?</style>", "", page.body, flags=re.S)
    assert not re.search(r"/[a-z2-7]{40}\b|style=|<script| on\w+=", page.body)


def test_whoever_has_a_page_does_not_get_it_again(group: sites.Site, serve) -> None:
    """304 with no body for the very page, also with a weak tag; an amendment makes it another one."""
    server = serve(group)
    path = f"/archive/{OPEN}/2018-06-01-apple"
    first = server.get(path)
    tag = first.headers["etag"]

    def again(known: str) -> tuple[int, str]:
        found = server.raw(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {known}\r\nConnection: close\r\n\r\n".encode()
        )
        return found.status, found.body

    assert again(tag) == again(f'"x", W/{tag}') == again("*") == (304, "")
    assert again('"x"') == again("nonsense") == (200, first.body)
    assert server.get(path, "HEAD").headers["etag"] == tag
    file = group.root / f"lists/{OPEN}/editions/2018-06-01-apple.md"
    file.write_text(
        file.read_text("utf-8").replace("later:2018-07-10", "https://example.org/slides"), "utf-8"
    )
    amending.amend(group, file)
    status, body = again(tag)
    assert (status, "https://example.org/slides" in body) == (200, True)
    assert "Amended on Friday 29 June 2018" in body


def test_a_list_that_becomes_private_is_private_at_once(group: sites.Site, serve) -> None:
    """Its file decides at every look, not when the page was made."""
    file = group.root / "lists" / OPEN / "list.toml"
    file.write_text(conftest.LIST_TOML, "utf-8")
    group.close()
    opened = sites.open_site(group.root, running=group.clock)
    server = serve(opened)

    assert server.get(f"/archive/{OPEN}/").status == 404
    assert server.get(f"/archive/{OPEN}/2018-06-01-apple").status == 404
    assert server.get(f"/archive/{OPEN}/{token(opened, 'ada@example.org')}/").status == 200
    opened.close()


def test_pictures(group: sites.Site, serve) -> None:
    """The very octets under a name made of them, kept for ever; any other name is no picture."""
    server = serve(group)
    path = f"/archive/{OPEN}/" + PICTURE.findall(server.get(f"/archive/{OPEN}/2018-06-01-apple").body)[0]

    found = server.bytes_of(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())

    head, _, body = found.partition(b"\r\n\r\n")
    assert body == composing.png()
    assert b"content-type: image/png" in head
    assert b"immutable" in head
    assert server.get(f"/archive/{OPEN}/pictures/room.png").status == 404
    assert server.get(f"/archive/{OPEN}/agenda.pdf").status == 404


def test_the_feed(group: sites.Site, serve) -> None:
    """RFC 4287: ids that stay when a text is amended, absolute links, whole texts, no address; 304 like a page."""
    server = serve(group)
    path = f"/archive/{OPEN}/feed.xml"

    feed = Tree.fromstring(server.get(path).body)
    assert server.get(path).headers["content-type"].startswith("application/atom+xml")
    assert feed.findtext(f"{ATOM}title") == "South Hants IT"
    entries = feed.findall(f"{ATOM}entry")
    base = "http://127.0.0.1:8000"
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Title pear", "Title apple"]
    assert entries[0].find(f"{ATOM}link").get("href") == f"{base}/archive/{OPEN}/2018-06-02-pear"  # type: ignore[union-attr]
    body = entries[0].findtext(f"{ATOM}content") or ""
    assert f'src="{base}/archive/{OPEN}/pictures/' in body
    assert "@" not in server.get(path).body.replace("xmlns", "")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert ids[1] == f"tag:lists.example.org,2018:{OPEN}/2018-06-01-apple"
    file = group.root / f"lists/{OPEN}/editions/2018-06-01-apple.md"
    file.write_text(file.read_text("utf-8").replace("Title apple", "Title <b> & apples"), "utf-8")
    amending.amend(group, file, "a word")
    after = Tree.fromstring(server.get(path).body).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in after] == ids
    assert after[1].findtext(f"{ATOM}title") == "Title <b> & apples"


def test_a_search(group: sites.Site, serve) -> None:
    """What was looked for is marked and stands in the field again, escaped; hostile queries find nothing and break nothing."""
    server = serve(group)

    assert "<mark>pear</mark>" in server.get(f"/archive/{OPEN}/?q=pea").body
    assert "Nothing was found" in server.get(f"/archive/{OPEN}/?q=inner").body
    for query in (
        "%22",
        "'%20OR%201=1",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%00",
        "%ff",
        "a" * 5000,
        "*",
        "%2B%2B",
    ):
        found = server.get(f"/archive/{OPEN}/?q={query}")
        assert found.status == 200
        assert "<script" not in found.body
    for before in ("-1", "x", "9" * 40, "1.5", "%C2%B2", ""):
        assert server.get(f"/archive/{OPEN}/?before={before}").status == 200


def test_the_front_page_tells_the_news(group: sites.Site, serve, ticking) -> None:
    """The next meeting and the last recap, of public lists alone, and the way to their archive."""
    table = '[next_meeting]\ntitle = "{0}"\nstarts = {1}T18:00:00'
    publish(group, CLOSED, "2018-06-10-closed", "inner", table.format("Closed", "2018-08-01"))
    publish(group, OPEN, "2018-06-10-open", "plum", table.format("Open to all", "2018-09-13"))
    server = serve(group)

    front = server.get("/").body

    assert "Open to all" in front
    assert "Thursday 13 September 2018" in front
    assert f'href="/archive/{OPEN}/2018-06-10-open"' in front
    assert f'href="/archive/{OPEN}/"' in front
    assert "Closed" not in front
    assert f"/archive/{CLOSED}" not in front


def test_looking_changes_nothing(group: sites.Site, serve) -> None:
    """T17: every page, by GET and HEAD."""
    server = serve(group)
    before = people.dump(group)

    for path in (
        f"/archive/{OPEN}/",
        f"/archive/{OPEN}/2018-06-01-apple",
        f"/archive/{OPEN}/feed.xml",
        *hidden(group),
    ):
        for method in ("GET", "HEAD"):
            server.get(path, method)
    assert server.post(f"/archive/{OPEN}/", b"x=1").status == 405

    assert people.dump(group) == before
