"""The guard around the pages: header fields, limits, languages, hostile requests, start and stop."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.web import phrases
from tests.conftest import NEWSLETTER_TOML
from tests.people import add_member, add_message, dump
from tests.web.conftest import read_answer, read_one


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/healthz", 200), ("/leave/x", 404), ("/nothing", 404)]
)
def test_every_answer_has_the_careful_fields(site, serve, path: str, status: int) -> None:
    """Strict CSP, no referrer, no index, no cache, no cookie, on pages that work and on those that do not."""
    answer = serve(site).get(path)

    assert answer.status == status
    csp = answer.headers["content-security-policy"]
    assert "default-src 'none'" in csp and "unsafe" not in csp and "frame-ancestors 'none'" in csp
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers and "server" not in answer.headers


def test_the_host_field_makes_no_link(site, serve) -> None:
    """T46: whatever Host and X-Forwarded-Host say, no page shows it."""
    answer = serve(site).raw(
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n"
    )

    assert answer.status == 200 and "evil" not in answer.body


def test_base_url_with_a_path_works_with_and_without_it(make_site, serve) -> None:
    """A proxy may pass the path on with the prefix of base_url or without."""
    opened = make_site("board", toml=NEWSLETTER_TOML.replace("127.0.0.1:8000", "127.0.0.1:8000/news"))
    member = add_member(opened, "ada@example.org", "board")
    link = "/leave/" + opened.tokens.make("leave", add_message(opened, "board"), member)
    server = serve(opened)

    assert [server.get(path).status for path in (link, "/news" + link, "/news/healthz")] == [200] * 3


@pytest.mark.parametrize(("language", "word"), [("de", "Jetzt verlassen"), ("fr", "Quitter maintenant")])
def test_pages_speak_the_list_s_language(make_site, serve, language: str, word: str) -> None:
    """The leave page is in the language of the list, and says so in its lang attribute."""
    opened = make_site("board", toml=NEWSLETTER_TOML.replace("[site]", f'[site]\nlanguage = "{language}"'))
    member = add_member(opened, "ada@example.org", "board")

    page = (
        serve(opened).get("/leave/" + opened.tokens.make("leave", add_message(opened, "board"), member)).body
    )

    assert word in page and f'<html lang="{language}"' in page


@pytest.mark.parametrize("name", phrases.PHRASES)
def test_a_phrase_has_the_same_places_in_every_language(name: str) -> None:
    """No language forgets an address or a list."""
    places = {frozenset(re.findall(r"{(\w+)}", text)) for text in phrases.PHRASES[name]}

    assert len(places) == 1 and all(text.strip() for text in phrases.PHRASES[name])


def test_text_of_strangers_is_escaped(make_site, serve) -> None:
    """T04: a title with markup shows as text."""
    toml = NEWSLETTER_TOML.replace('name = "South Hants IT group"', "name = '<script>alert(1)</script>'")

    page = serve(make_site("board", toml=toml)).get("/").body

    assert "<script>" not in page and "&lt;script&gt;" in page


def test_a_body_over_the_limit_is_refused(site, serve) -> None:
    """T39: 64 kB are read at most, whether the length is declared or not."""
    server = serve(site)
    chunked = b"POST /leave/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"

    assert server.post("/leave/x", b"a=" + b"x" * 70_000).status == 413
    assert server.raw(chunked + chunk * 5 + b"0\r\n\r\n").status == 413
    assert server.post("/leave/x", b"&".join(b"f%d=1" % n for n in range(5000))).status == 400


def test_a_huge_header_is_refused(site, serve) -> None:
    """T39: a header over 16 kB is refused before it reaches a page."""
    answer = serve(site).raw(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 40_000 + b"\r\n\r\n")

    assert answer.status in (400, 431)


def test_slow_visitors_hold_nobody_up(site, serve) -> None:
    """T39: two hundred half-sent requests; another visitor is answered within half a second."""
    server = serve(site)
    slow = [socket.create_connection(server.address) for _ in range(200)]
    for one in slow:
        one.sendall(b"POST /leave/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
    began = time.monotonic()
    status = server.get("/").status
    took = time.monotonic() - began
    for one in slow:
        one.close()

    assert status == 200 and took < 0.5


_BODIES = (
    st.binary(max_size=400)
    | st.text(max_size=200).map(str.encode)
    | st.binary(max_size=200).map(lambda part: b"--b\r\n" + part + b"\r\n--b--\r\n")
)
_TYPES = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "multipart/form-data",
        "x",
        "text/plain",
    ]
)


def test_no_form_gives_a_500(site, serve) -> None:
    """Issue 3: fuzzed forms on a good link never break a page, and what is no one-click form changes nothing."""
    server = serve(site)
    member = add_member(site, "ada@example.org", "south-hants-it")
    link = "/leave/" + site.tokens.make("leave", add_message(site, "south-hants-it"), member)
    before = dump(site)

    @given(body=_BODIES.filter(lambda body: body.strip()), kind=_TYPES)
    def check(body: bytes, kind: str) -> None:
        assert server.post(link, body, kind).status == 400

    check()
    assert dump(site) == before


def test_serve_says_where_and_stops_on_sigterm(site) -> None:
    """`serve --port 0` prints its address when it answers; SIGTERM ends it within ten seconds with exit code 0."""
    command = [sys.executable, "-m", "newsletter", "--site", str(site.root), "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    found = re.fullmatch(r"serving (http://127\.0\.0\.1:\d+)", line)
    assert found, line
    with urllib.request.urlopen(found[1] + "/healthz") as answer:
        assert answer.status == 200

    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=10)

    assert process.returncode == 0
    assert all(json.loads(line)["level"] == "info" for line in err.splitlines())


def test_a_taken_port_is_one_clear_line(site) -> None:
    """Another program has the port: exit code 1, which port, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "newsletter", "--site", str(site.root), "serve", "--port", str(port)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20)

    assert answer.returncode == 1
    assert f"port {port}" in answer.stderr and "--port" in answer.stderr and "Traceback" not in answer.stderr


def test_keep_alive_connection_serves_twice(site, serve) -> None:
    """Two requests on one connection: the pages close nothing that they need not."""
    server = serve(site)
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        first = read_one(connection)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        second = read_answer(connection)

    assert first.startswith(b"HTTP/1.1 200") and second.status == 200
