"""Every page on every size, light and dark: axe-core finds nothing, nothing overflows, nobody else is asked, no complaint."""

from pathlib import Path

import pytest

from newsletter.service import joining, members, mypage, questions, queueing
from tests import town
from tests.browser.conftest import DESKTOP, NARROW, PHONE
from tests.compose import composing
from tests.people import add_member, dump
from tests.service import coming, outgoing, wondering

SIZES = [(NARROW, "light"), (NARROW, "dark"), (PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")]


# What a text may hold: a picture, a wide table, code, a quotation, a long link.
ARCHIVED = """
![An empty room](room.png)

| A long heading of a column | Another one | Number |
|----------------------------|-------------|-------:|
| Donaudampfschifffahrtsgesellschaft | https://example.org/a/very/long/path/indeed | 12 |

> Great oaks start small.

    newsletter send --list south-hants-it --a-long-option value

1. [one](https://example.org/one)
2. `two`
"""


def pages(place: town.Town) -> dict[str, str]:
    """A link to every kind of page, with the longest of names on it."""
    opened = place.site
    long = "Maximiliane-Theodora von und zu Hohenstaufen-Liechtenstein"
    ada = add_member(
        opened, "a.very.long.local.part.indeed.it.is@departments.example.org", "futures", name=long
    )
    add_member(opened, "a.very.long.local.part.indeed.it.is@departments.example.org", "south-hants-it")
    (opened.root / "lists" / "south-hants-it" / "editions" / "room.png").write_bytes(composing.png(900, 90))
    queueing.queue(opened, outgoing.edition(opened, coming.EDITION + ARCHIVED), queueing.Order())
    joining.ask(opened, joining.Wanted("new@example.org", ("futures", "south-hants-it"), name=long))
    mypage.ask_fresh(opened, "a.very.long.local.part.indeed.it.is@departments.example.org")
    asked = wondering.ask(opened, has_line=True)
    place.settle()
    new = int(members.find(opened, "new@example.org")["id"])
    numbers = {row["kind"]: row["id"] for row in opened.store.rows("SELECT kind, id FROM request")}
    message = opened.store.value("SELECT id FROM message WHERE kind = 'invitation'")
    make = opened.tokens.make
    return {
        "front": "/",
        "join": "/join",
        "join one": "/join/south-hants-it",
        "ask": "/me",
        "desk": "/desk",
        "confirm": f"/c/{make('confirm', numbers['join'], new)}",
        "block": f"/c/{make('block', numbers['join'], new)}",
        "leave": f"/leave/{make('leave', message, ada)}",
        "answer": f"/rsvp/{make('rsvp', message, ada)}",
        "question": f"/ask/{make('ask', asked, ada)}/2",
        "question of a trial copy": f"/ask/{make('ask', 0, ada)}",
        "answer pressed": f"/rsvp/{make('rsvp', message, ada)}/no",
        "answer of a trial copy": f"/rsvp/{make('rsvp', 0, ada)}",
        "archive": "/archive/south-hants-it/",
        "found in the archive": "/archive/south-hants-it/?q=bring",
        "edition": "/archive/south-hants-it/2018-06-29-recap",
        "edition for a member": f"/archive/south-hants-it/{make('archive', message, ada)}/2018-06-29-recap",
        "mine by mail": f"/me/{make('me', message, ada)}",
        "mine fresh": f"/me/{make('fresh', numbers['fresh'], ada)}",
    }


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_every_page_is_fair(tmp_path: Path, visit, language: str) -> None:
    """All kinds of pages, in all sizes and both schemes."""
    sizes = SIZES if language == "en" else [(NARROW, "dark")]
    with town.standing(tmp_path, language=language) as place:
        links = pages(place)
        before = dump(place.site)

        found = []
        for size, scheme in sizes:
            visitor = visit(size, scheme)
            for name, link in links.items():
                visitor.page.goto(place.url + link)
                found += [f"{name} at {size[0]} {scheme}: {fault}" for fault in visitor.faults(place.url)]

        assert found == []
        assert dump(place.site) == before


def test_answers_are_fair_too(place: town.Town, visit) -> None:
    """The pages that only a press shows: faults, the one answer, confirmed, paused, left, back, the last question."""
    links = pages(place)
    visitor = visit(NARROW, "dark")
    found = []

    def look(name: str) -> None:
        # A 400 of ours is a page for a person; the browser's own note about it is no complaint of the page.
        visitor.complaints[:] = [one for one in visitor.complaints if "status of 400" not in one]
        found.extend(f"{name}: {fault}" for fault in visitor.faults(place.url))

    visitor.page.goto(place.url + "/join")
    visitor.page.get_by_label("E-mail address").fill("nobody")
    visitor.press("Yes, sign me up")
    look("faults")
    visitor.page.goto(place.url + "/join/south-hants-it")
    visitor.page.get_by_label("E-mail address").fill("ben@example.org")
    visitor.page.wait_for_timeout(2100)
    visitor.press("Yes, sign me up")
    look("asked")
    visitor.page.goto(place.url + links["confirm"])
    visitor.press("Yes, put me on the list")
    look("confirmed")
    visitor.page.goto(place.url + links["answer"])
    visitor.page.get_by_label("Guests you bring").select_option("3")
    visitor.page.get_by_label("What you eat, or need to get in").fill("no nuts, and a ramp")
    look("answering")
    visitor.press("Yes, I come")
    look("answered")
    visitor.page.get_by_role("link", name="Change my answer").click()
    look("changing")
    visitor.page.goto(place.url + links["question"])
    visitor.page.get_by_label("A line of your own, if you like").fill("x\u202ey")
    visitor.press("Send my answer")
    look("question again")
    visitor.page.get_by_label("A line of your own, if you like").fill("because it tells where")
    visitor.press("Send my answer")
    look("question answered")
    questions.close(place.site, "name")
    visitor.page.goto(place.url + links["question"])
    look("question closed")
    for place_, until in (("waiting", None), ("offered", "2018-07-01T00:00:00.000Z"), ("lapsed", None)):
        with place.site.store.write():
            place.site.store.execute("UPDATE rsvp SET place = ?, offer_until = ?, turn = 1", (place_, until))
        visitor.page.goto(place.url + links["answer"] + "/yes")
        look(place_)
    with place.site.store.write():
        place.site.store.execute("UPDATE meeting SET capacity = 1")
    visitor.page.goto(place.url + links["answer"])
    look("full")
    visitor.press("No, I cannot")
    look("given back")
    visitor.page.goto(place.url + links["mine by mail"])
    visitor.press("Pause all mail")
    look("paused")
    visitor.page.goto(place.url + links["leave"])
    visitor.press("Leave now")
    look("left")
    visitor.press("Undo: stay on the list")
    look("back")
    visitor.page.goto(place.url + links["mine fresh"])
    visitor.press("Forget me")
    look("sure")
    visitor.press("Yes, erase it all now")
    look("forgotten")

    assert found == []


def test_a_scanner_with_scripts_changes_nothing(place: town.Town, visit) -> None:
    """T17: a browser that runs scripts opens every page five times, scrolls and waits: the database is the same."""
    links = pages(place)
    before = dump(place.site)
    visitor = visit()

    for _ in range(5):
        for link in links.values():
            visitor.page.goto(place.url + link)
            visitor.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    visitor.page.wait_for_timeout(300)

    assert dump(place.site) == before
