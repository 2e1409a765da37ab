"""Scanners open every link of every mail: nothing changes, and the human's press still works (T17, L10, L11, X1)."""

import random
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from newsletter.core import rsvps as rules
from newsletter.service import joining, meeting_changes, members, mypage, places, queueing, rsvps, sessions
from tests import town
from tests.people import add_member, dump
from tests.service import coming, outgoing, wondering

SCANNER = {
    "User-Agent": "Mozilla/5.0 (compatible; SafeLinks)",
    "Purpose": "prefetch",
    "Sec-Purpose": "prefetch",
}


def visit(url: str, method: str = "GET", fields: dict[str, str] | None = None) -> int:
    """Ask for a URL as a scanner does, or post a form; return the status."""
    data = urllib.parse.urlencode(fields).encode() if fields is not None else None
    request = urllib.request.Request(url, data, SCANNER if data is None else {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code


def every_kind_of_mail(place: town.Town) -> None:
    """Have each kind of mail sent: editions, one with a question, confirm, already, welcome, goodbye, fresh, change, moved,
    receipt, waiting, offer, a meeting that moves, and an organiser's link."""
    opened = place.site
    ada = add_member(opened, "ada@example.org", "south-hants-it", "futures", name="Ada")
    invitation = coming.EDITION.replace("Come to our second meeting", "Meeting 1: and the second")
    queueing.queue(opened, outgoing.edition(opened, invitation), queueing.Order())
    mail = place.mail("ada@example.org", "Meeting 1")
    joining.ask(opened, joining.Wanted("ada@example.org", ("south-hants-it",)))
    joining.ask(opened, joining.Wanted("new@example.org", ("south-hants-it", "futures")))
    joining.ask(opened, joining.Wanted("ben@example.org", ("south-hants-it",)))
    assert visit(place.link(place.mail("ben@example.org"), "/c/"), "POST", {"confirm": "yes"}) == 200
    place.mail("ben@example.org", count=2)
    mypage.ask_fresh(opened, "ada@example.org")
    fresh = place.link(place.mail("ada@example.org", "link"), "/me/")
    assert visit(fresh, "POST", {"do": "move", "address": "ada@example.net"}) == 200
    place.mail("ada@example.net")
    assert visit(place.link(mail, "/rsvp/"), "POST", {"answer": "yes"}) == 200
    place.mail("ada@example.org", "Your answer")
    wondering.ask(opened, has_line=True)
    asked = place.mail("ada@example.org", "a small room")
    assert visit(place.link(asked, "/ask/"), "POST", {"choice": "2"}) == 200
    cem = add_member(opened, "cem@example.org", "south-hants-it", name="Cem")
    places.set_capacity(opened, coming.SLUG, 1)
    rsvps.write(opened, 1, cem, rules.Rsvp("yes"))
    place.mail("cem@example.org", "waiting list")
    places.set_capacity(opened, coming.SLUG, 2)
    place.mail("cem@example.org", "A place is free")
    moved = meeting_changes.plan_move(opened, coming.SLUG, starts="2018-09-20 18:00")
    meeting_changes.carry_out(opened, moved)
    place.mail("ada@example.org", "New date")
    assert visit(place.link(mail, "/leave/"), "POST", {"List-Unsubscribe": "One-Click"}) == 200
    place.mail("ada@example.org", "left")
    sessions.ask(opened, "chair@example.org")
    place.mail("chair@example.org", "desk")
    assert ada == 1


def test_scanners_change_nothing(tmp_path: Path) -> None:
    """GET and HEAD of every URL, five times in random order: the database is the same; then a person's press works."""
    with town.standing(tmp_path) as place:
        every_kind_of_mail(place)
        place.settle()
        links = place.links()
        rooms = {link.removeprefix(place.url).split("/")[1] for link in links}
        assert {"leave", "me", "c", "rsvp", "ask", "calendar", "desk"} <= rooms and len(links) >= 10
        asked = [
            (link + end, method) for link in links for end in ("", "/") for method in ("GET", "HEAD")
        ] * 5
        random.Random(1).shuffle(asked)
        before = dump(place.site)

        statuses = {visit(link, method) for link, method in asked}

        assert statuses <= {200, 404, 410} and 200 in statuses
        assert dump(place.site) == before
        taken = place.link(place.mail("cem@example.org", "A place is free"), "/rsvp/") + "/yes"
        assert taken in links and visit(taken, "POST", {"answer": "yes"}) == 200
        assert rsvps.answers(place.site, coming.SLUG)["yes"] == 2
        confirm = place.link(place.mail("new@example.org"), "/c/")
        assert visit(confirm, "POST", {"confirm": "yes"}) == 200
        states = {one["state"] for one in members.show(place.site, "new@example.org")["subscriptions"]}
        assert states == {"confirmed"}
