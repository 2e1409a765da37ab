"""The organisers' desk over HTTP: the cookie, forgery (T10), fixation (T11), brute force (T12), enumeration (T15)."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route

from newsletter import site as sites
from newsletter.service import sessions
from newsletter.web import app
from tests.conftest import NEWSLETTER_TOML
from tests.people import add_member, dump
from tests.service import asking
from tests.web.conftest import stamp
from tests.web.desks import CHAIR, Browser, enter_path

BUSY = NEWSLETTER_TOML + '\n[web]\njoins_per_network = 3\ntrusted_proxies = ["127.0.0.1"]\n'


def rooms(opened: sites.Site) -> list[str]:
    """The paths of all pages that need a session."""
    routes = [one for one in app.app(opened).guarded.app.router.routes if isinstance(one, Route)]
    found = [one.path for one in routes if one.path.startswith("/desk") and one.path != "/desk/{key}"]
    return [re.sub(r"{\w+}", "south-hants-it", path) for path in found]


def test_the_cookie_is_for_this_host_and_no_script(site, serve) -> None:
    """__Host-, Secure, HttpOnly, SameSite=Strict, Path=/, no Domain, and gone with the browser."""
    answer = Browser(serve(site)).post(enter_path(site), enter="yes")

    name, _, attributes = answer.headers["set-cookie"].partition("=")
    assert name == "__Host-desk" and len(attributes.partition(";")[0]) == 44
    assert attributes.partition("; ")[2] == "Path=/; Secure; HttpOnly; SameSite=Strict"


def test_the_way_in_and_out(site, serve) -> None:
    """Sign in by the button, see the desk, sign out: the cookie is taken away, and the old one opens nothing."""
    chair = Browser(serve(site)).sign_in(site)
    before = chair.cookie
    assert "Signed in as <strong>The chair (chair@example.org)</strong>" in chair.get("/desk").body

    out = chair.post("/desk", out="here")

    assert "You are signed out" in out.body and "Max-Age=0" in out.headers["set-cookie"]
    assert "For organisers only" in Browser(chair.server, before).get("/desk").body


def test_a_link_s_page_changes_nothing(site, serve) -> None:
    """GET, HEAD and a POST without the button: no session, and the link still works (T17)."""
    server, path = serve(site), enter_path(site)
    before = dump(site)
    for method in ("GET", "HEAD"):
        assert server.get(path, method).status == 200
    assert server.send(path, other="x").status == 400
    assert dump(site) == before and "c****@example.org" in server.get(path).body

    assert server.send(path, enter="yes").status == 303
    used = server.send(path, enter="yes")

    assert used.status == 410 and "set-cookie" not in used.headers
    assert server.get("/desk/" + "a" * 40).status == 404


def test_no_other_site_can_post(site, serve) -> None:
    """T10: each page of the desk, without a token, with another session's, a broken one, from elsewhere: 403, no change."""
    server = serve(site)
    chair, other = Browser(server).sign_in(site), Browser(server).sign_in(site)
    assert len(rooms(site)) >= 1
    before = dump(site)

    for path in rooms(site):
        buttons = {"out": "everywhere", "booth": "south-hants-it"}
        for token in ("", other.form_token, "\0", "x" * 60_000, chair.form_token[:-1]):
            assert chair.post(path, form_token=token, **buttons).status == 403, path
        for more in (
            "Sec-Fetch-Site: cross-site\r\n",
            "Sec-Fetch-Site: same-site\r\n",
            "Origin: https://evil.example\r\n",
            "Origin: http://127.0.0.1:8001\r\n",
        ):
            assert chair.post(path, more, **buttons).status == 403, path

    assert dump(site) == before
    for more in ("Origin: null\r\n", "Origin: http://127.0.0.1:8000\r\nSec-Fetch-Site: same-origin\r\n"):
        assert chair.post("/desk", more, back="1").status == 200


def test_strangers_see_the_sign_in_form_alone(site, serve) -> None:
    """Every page of the desk, whether what it is about exists or not: one and the same form, and POST changes nothing."""
    server = serve(site)
    before = dump(site)

    for path in rooms(site):
        for place in (path, path.replace("south-hants-it", "nowhere")):
            answer = server.get(place)
            assert answer.status == (200 if place.rstrip("/") == "/desk" else 403)
            assert "For organisers only" in answer.body and "south-hants-it" not in answer.body
            assert server.send(place, booth="south-hants-it", out="everywhere").status == 400

    assert dump(site) == before


def test_a_cookie_set_before_signing_in_is_never_taken_over(site, serve) -> None:
    """T11: who plants a cookie does not have the session that follows; the new secret is another one each time."""
    server = serve(site)
    planted = "__Host-desk=" + "QUFB" * 10 + "QUE="
    chair = Browser(server, planted)

    chair.sign_in(site)

    assert chair.cookie != planted
    assert "For organisers only" in Browser(server, planted).get("/desk").body
    first = chair.cookie
    chair.sign_in(site)
    assert chair.cookie != first and "For organisers only" in Browser(server, first).get("/desk").body


def test_signing_out_everywhere_ends_every_browser(site, serve) -> None:
    """T11: sign in twice, sign out everywhere, use the first cookie: it opens nothing."""
    server = serve(site)
    phone, desk = Browser(server).sign_in(site), Browser(server).sign_in(site)
    assert "signed in: 2" in desk.get("/desk").body

    desk.post("/desk", out="everywhere")

    assert "For organisers only" in phone.get("/desk").body
    assert phone.post("/desk", booth="south-hants-it").status == 400


@given(
    cookie=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=";"), max_size=200)
)
def _strange_cookies(server, before, opened, cookie: str) -> None:
    """No cookie that we did not make opens anything or breaks a page (Sympa #1041)."""
    answer = Browser(server, f"__Host-desk={cookie}").get("/desk")
    assert answer.status == 200 and "For organisers only" in answer.body
    assert dump(opened) == before


def test_strange_cookies_do_nothing(site, serve) -> None:
    """Whatever stands in it."""
    _strange_cookies(serve(site), dump(site), site)


def test_hundreds_of_wrong_links_open_nothing_and_shut_nobody_out(site, serve, ticking) -> None:
    """T12: guesses are told apart from nothing, and the organiser's own link works after them."""
    server, good = serve(site), enter_path(site)
    answers = {
        server.send(f"/desk/{guess:040d}".replace("0", "a"), enter="yes").status for guess in range(200)
    }
    token = good.rpartition("/")[2]
    flipped = [token[:n] + ("b" if token[n] != "b" else "c") + token[n + 1 :] for n in range(39)]
    answers |= {server.send(f"/desk/{one}", enter="yes").status for one in flipped}

    assert answers == {404}
    assert server.send(good, enter="yes").status == 303


def test_who_asks_too_often_waits_and_others_do_not(make_site, serve, ticking) -> None:
    """A network is told to wait, apart from the count of joining: a room that signs up shuts no chair out."""
    toml = BUSY
    opened = make_site(toml=toml)
    server = serve(opened)
    ask = {"stamp": stamp(opened), "address": "eve@example.org"}
    for _ in range(3):
        assert server.send("/join/south-hants-it", **{**ask, "list.south-hants-it": "yes"}).status in (
            200,
            429,
        )
    assert [server.send("/desk", **ask).status for _ in range(4)] == [200, 200, 200, 429]

    answer = server.send("/desk", more="X-Forwarded-For: 198.51.100.7\r\n", **{**ask, "address": CHAIR})

    assert answer.status == 200 and "desk" in asking.kinds(opened)


@pytest.mark.parametrize("address", [CHAIR, "member@example.org", "nobody@example.org", "Chair@EXAMPLE.org"])
def test_the_answer_is_the_same_for_everybody(make_site, serve, address: str) -> None:
    """T15: byte for byte, organiser or not."""
    opened = make_site()
    add_member(opened, "member@example.org", "south-hants-it")
    server = serve(opened)
    plain = server.send("/desk", stamp=stamp(opened), address="somebody@example.org")

    answer = server.send("/desk", stamp=stamp(opened), address=address)

    assert (answer.status, answer.body) == (200, plain.body)
    assert answer.headers.keys() == plain.headers.keys() and "set-cookie" not in answer.headers


def test_faults_of_the_form_show(site, serve) -> None:
    """No address, a trap that was filled, too fast: nothing is sent."""
    server = serve(site)
    for form in (
        {"stamp": stamp(site), "address": "nobody"},
        {"stamp": stamp(site), "address": CHAIR, "website": "x"},
        {"stamp": stamp(site, 0), "address": CHAIR},
        {"address": CHAIR},
    ):
        assert server.send("/desk", **form).status == 400

    assert asking.kinds(site) == []


def test_an_idle_session_is_over(site, serve, ticking) -> None:
    """Reading does not prolong it, an act does."""
    chair = Browser(serve(site)).sign_in(site)
    for _ in range(3):
        ticking.moment += timedelta(minutes=90)
        assert "Signed in as" in chair.post("/desk", back="1").body
    for _ in range(2):
        assert "Signed in as" in chair.get("/desk").body
        ticking.moment += timedelta(minutes=60)

    assert "For organisers only" in chair.get("/desk").body


def test_an_act_is_done_in_the_organiser_s_name(site, serve) -> None:
    """The log names who was signed in."""
    Browser(serve(site)).sign_in(site).post("/desk", booth="south-hants-it")

    row = site.store.row("SELECT by, act, about FROM log ORDER BY id DESC LIMIT 1")
    assert tuple(row) == (CHAIR, "booth link", "south-hants-it")


def test_without_pages_nobody_can_ask(make_site, serve) -> None:
    """No base_url, no link to send: everybody is told the same."""
    toml = BUSY.replace('base_url = "http://127.0.0.1:8000"\n', "")
    opened = make_site(toml=toml)
    server = serve(opened)

    assert {
        server.send("/desk", stamp=stamp(opened), address=one).status for one in (CHAIR, "x@example.org")
    } == {409}
    with pytest.raises(Exception, match="base_url"):
        sessions.link(opened, CHAIR)
