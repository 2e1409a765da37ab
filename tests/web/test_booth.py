"""A booth's page over HTTP: the plain form, what its script sends, a whole fair from one network, and hostile devices."""

import json
import re
import threading
import time
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from newsletter.service import passes
from tests.people import dump
from tests.service import asking
from tests.service.evening import SOUTH, booth, number
from tests.web.conftest import Answer, Server


def path(opened, slug: str = SOUTH) -> str:
    """The path of a new booth."""
    return f"/booth/{slug}/{booth(opened, slug)}"


def send(server: Server, place: str, *signups: dict[str, object], now: str = "") -> Answer:
    """Send sign-ups as the script does."""
    return server.post(place, urlencode({"signups": json.dumps(signups), "now": now}).encode())


def test_the_page_shows_the_very_words(site, serve) -> None:
    """With its own scripts and nobody else's, and no way to ask anybody but us."""
    answer = serve(site).get(path(site))

    assert answer.status == 200 and site.mailing_list(SOUTH).wording[:60] in answer.body
    csp = answer.headers["content-security-policy"]
    assert "default-src 'none'" in csp and "unsafe" not in csp
    assert "script-src 'self'; connect-src 'self'; worker-src 'self'" in csp
    scripts = re.findall(r"<script[^>]*>", answer.body)
    assert scripts == [f'<script src="/{name}.js" defer>' for name in ("device", "booth")]
    assert "onclick" not in answer.body and "</script><script>" not in answer.body


def test_scripts_are_files_of_ours(site, serve) -> None:
    """Served as scripts; only these pages allow them."""
    server = serve(site)
    for name in ("device", "booth", "worker"):
        answer = server.get(f"/{name}.js")
        assert answer.status == 200 and answer.headers["content-type"].startswith("text/javascript")
    assert "script-src" not in server.get("/join").headers["content-security-policy"]


def test_a_plain_form_without_scripts(site, serve) -> None:
    """One person after the other; what is wrong is said and what was typed stays; two people at once do not mix."""
    server, place = serve(site), path(site)
    wrong = server.send(place, address="ada@", name="Ada")
    assert wrong.status == 400 and "does not look like" in wrong.body and 'value="ada@"' in wrong.body

    for address in ("ada@example.org", "ben@example.org", "ada@example.org"):
        answer = server.send(place, address=address, name="<b>Ada</b>", field__company="Engines")
        assert answer.status == 200 and "Next person" in answer.body and "Ada" not in answer.body

    assert asking.kinds(site) == ["confirm", "confirm"]


def test_what_the_script_hears(site, serve) -> None:
    """By number: taken, wrong with the reason, to keep with the reason."""
    server, place = serve(site), path(site)
    answer = send(
        server, place, {"id": number(1), "address": "ada@example.org"}, {"id": number(2), "address": "nobody"},
        {"id": number(3), "address": "cleo@example.org", "wording": "x"}, {"address": "no@number.example"},
    )  # fmt: skip

    assert answer.headers["content-type"] == "application/json"
    heard = json.loads(answer.body)
    assert heard["taken"] == [number(1)] and list(heard["keep"]) == [number(3)]
    assert heard["wrong"] == {number(2): "This does not look like an e-mail address."}


def test_a_whole_fair_from_one_network(site, serve) -> None:
    """T13 must not hit it: a hundred people within seconds, from four devices behind one address: all are asked by mail."""
    server, place = serve(site), path(site)
    began, statuses = time.monotonic(), []

    def device(first: int) -> None:
        for one in range(first, first + 25):
            statuses.append(send(server, place, {"id": number(one), "address": f"p{one}@example.org"}).status)

    threads = [threading.Thread(target=device, args=(first,)) for first in (0, 25, 50, 75)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(statuses) == {200} and time.monotonic() - began < 30
    assert asking.kinds(site).count("confirm") == 100
    assert passes.open_ones(site)[0].signups == 100


def test_opening_it_changes_nothing(site, serve) -> None:
    """T17: GET and HEAD of the page, its scripts and wrong links; another site cannot post (T10)."""
    server, place = serve(site), path(site)
    before = dump(site)
    for asked in (place, place + "/", place[:-1], "/booth/x/y", "/booth/x", "/booth/", "/worker.js"):
        for method in ("GET", "HEAD"):
            assert server.get(asked, method).status in (200, 404)
    crossed = server.send(place, more="Sec-Fetch-Site: cross-site\r\n", address="ada@example.org")

    assert crossed.status == 403 and dump(site) == before


def test_a_link_that_ended_shows_no_form(site, serve) -> None:
    """And says what to do."""
    server, place = serve(site), path(site)
    passes.take_back(site, lambda one: True)

    answer = server.get(place)
    assert answer.status == 410 and "<form" not in answer.body and "taken this link back" in answer.body
    posted = server.send(place, address="ada@example.org")
    assert posted.status == 410 and asking.kinds(site) == []


def test_no_device_breaks_the_page(site, serve) -> None:
    """Fuzzed sign-ups on a good link: an answer or one clear no, never a 500."""
    server, place = serve(site), path(site)

    @given(st.text(max_size=120), st.text(max_size=30), st.binary(max_size=120))
    def check(text: str, now: str, body: bytes) -> None:
        posted = server.post(place, urlencode({"signups": text, "now": now}, errors="replace").encode())
        assert posted.status in (200, 400)
        assert server.post(place, body).status in (400, 200)

    check()
