"""A door's page over HTTP: the plain form, what its script sends and asks, and hostile devices."""

import json
from datetime import timedelta
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from newsletter.service import attendance, passes
from tests.people import dump
from tests.service import asking, evening
from tests.service.evening import SLUG

WALK_IN = "0123456789abcdef0123456789abcdef"


def path(opened) -> str:
    """The path of a new door of the tests' meeting."""
    evening.meet(opened)
    return f"/door/{SLUG}/{evening.door(opened)}"


def test_a_plain_form_without_scripts(site, serve, ticking) -> None:
    """Each name is a button; a walk-in with and without an address; heads; all on one page."""
    server, place = serve(site), path(site)
    page = server.get(place)
    assert page.status == 200 and "ada@" not in page.body and 'value="m1" aria-pressed="false"' in page.body

    assert "Here: 1." in server.send(place, came="m1").body
    assert 'value="m1" aria-pressed="true"' in server.send(place, came="m2").body
    ticking.moment += timedelta(seconds=1)
    assert "Here: 1." in server.send(place, back="m2").body
    assert "Walter" in server.send(place, name="Walter").body
    assert server.send(place, name="Xenia", address="nobody").status == 400
    assert server.send(place, name="Xenia", address="xenia@example.org").status == 200
    counted = server.send(place, count="12")

    assert "Heads counted: 12." in counted.body
    told = attendance.tell(site, SLUG)
    assert (told["people"], told["came"], asking.kinds(site)) == (12, 4, ["confirm"])


def test_what_the_script_sends_and_hears(site, serve) -> None:
    """Ticks, a count and sign-ups in one; the answer has the other devices' ticks, by name alone."""
    server, place = serve(site), path(site)
    server.send(place, came="m2")
    ticks = [
        {"person": "m1", "came": True, "at": "x"},
        {"person": WALK_IN, "came": True, "at": "", "name": "Walter"},
    ]
    body = {"ticks": json.dumps(ticks), "count": "3", "counted_at": "", "now": "", "signups": "[]"}

    heard = json.loads(server.post(place, urlencode(body).encode()).body)

    assert heard["took"] is True and heard["taken"] == []
    assert sorted(one["name"] for one in heard["state"]["people"] if one["came"]) == [
        "Ada Smith",
        "Ben Smith",
        "Walter",
    ]
    asked = server.get(place + "/now")
    assert json.loads(asked.body)["state"] == heard["state"] and "@" not in asked.body


def test_opening_it_changes_nothing(site, serve) -> None:
    """T17: GET and HEAD of the page and its state, and wrong links; a link that was taken back shows no name."""
    server, place = serve(site), path(site)
    before = dump(site)
    for asked in (place, place + "/", place + "/now", place[:-1], place + "/then", "/door/x/y", "/door/x"):
        for method in ("GET", "HEAD"):
            assert server.get(asked, method).status in (200, 404)
    assert server.send(place, more="Sec-Fetch-Site: cross-site\r\n", came="m1").status == 403
    assert dump(site) == before

    passes.take_back(site, lambda one: True)

    for asked in (place, place + "/now"):
        answer = server.get(asked)
        assert answer.status == 410 and "Smith" not in answer.body


def test_no_device_breaks_the_page(site, serve) -> None:
    """Fuzzed ticks on a good link: an answer or one clear no, never a 500."""
    server, place = serve(site), path(site)
    ticks = st.lists(
        st.dictionaries(st.sampled_from(["person", "came", "at", "name"]), st.text(max_size=30) | st.booleans(), max_size=4),
        max_size=4,
    )  # fmt: skip

    @given(st.text(max_size=100) | ticks.map(json.dumps), st.text(max_size=30), st.text(max_size=12))
    def check(text: str, at: str, count: str) -> None:
        body = {"ticks": text, "now": at, "counted_at": at, "count": count}
        assert server.post(place, urlencode(body, errors="replace").encode()).status in (200, 400)

    check()
