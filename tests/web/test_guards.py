"""What guards the server itself: half-sent heads, tokens in logs, a stop while people are being answered (T30, T39)."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from newsletter.service import sessions
from newsletter.web import serving
from tests.people import add_member, add_message
from tests.service import evening
from tests.web.conftest import read_answer, read_one, stamp


def test_a_half_sent_head_is_not_waited_for(site, serve, monkeypatch) -> None:
    """T39: connections that bring no whole request head in time are closed; the first and the second request alike."""
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.4)
    server = serve(site)
    silent, slow, second = (socket.create_connection(server.address, timeout=5) for _ in range(3))
    slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    second.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(0.1)
    second.sendall(b"GET /healthz HTTP/1.1\r\n")

    began = time.monotonic()
    for one in (silent, slow, second):
        while one.recv(65_536):
            pass
        one.close()

    assert time.monotonic() - began < 3
    assert server.get("/healthz").status == 200


def test_a_busy_connection_is_left_alone(site, serve, monkeypatch) -> None:
    """Requests that keep coming on one connection are all answered, however long it lives."""
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.4)
    server = serve(site)
    with socket.create_connection(server.address, timeout=5) as connection:
        for _ in range(8):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert read_one(connection).startswith(b"HTTP/1.1 200")
            time.sleep(0.1)


def test_slow_heads_hold_nobody_up(site, serve) -> None:
    """T39: three hundred half-sent heads; another visitor is answered within half a second."""
    server = serve(site)
    slow = [socket.create_connection(server.address) for _ in range(300)]
    for one in slow:
        one.sendall(b"GET /leave/x HTTP/1.1\r\nHost: ")
    began = time.monotonic()
    status = server.get("/").status
    took = time.monotonic() - began
    for one in slow:
        one.close()

    assert status == 200 and took < 0.5


def test_tokens_and_addresses_stay_out_of_the_log(site, serve, caplog, monkeypatch) -> None:
    """T30: whatever happens on a page, at DEBUG, even when it breaks: no token and no address in the log."""
    caplog.set_level(logging.DEBUG)
    member = add_member(site, "ada@example.org", "south-hants-it")
    number = add_message(site, "south-hants-it")
    tokens = {purpose: site.tokens.make(purpose, number, member) for purpose in ("leave", "me", "confirm")}
    evening.meet(site)
    tokens |= {"booth": evening.booth(site), "door": evening.door(site)}
    tokens["desk"] = sessions.link(site, "chair@example.org").rpartition("/")[2]
    server = serve(site)
    paths = [f"/leave/{tokens['leave']}", f"/me/{tokens['me']}", f"/c/{tokens['confirm']}"]
    paths += [
        f"/booth/south-hants-it/{tokens['booth']}",
        f"/door/backups/{tokens['door']}",
        f"/desk/{tokens['desk']}",
    ]

    for path in paths:
        server.get(path)
        server.post(path, b"x=1")
    server.send(paths[3], address="grace@example.org", name="Grace")
    server.send("/desk", stamp=stamp(site), address="chair@example.org")
    server.send("/join/south-hants-it", stamp=stamp(site), address="grace@example.org", list__x="yes")
    monkeypatch.setattr("newsletter.service.signup.look", _broken)
    assert server.get(paths[0]).status == 500

    logged = caplog.text
    assert "a page failed" in logged  # the log does work
    assert not [token for token in tokens.values() if token in logged]
    assert not [one for one in ("ada@", "grace@", "chair@") if one in logged]


def _broken(*_values: object) -> None:
    raise ZeroDivisionError


def test_the_command_prints_no_token(site) -> None:
    """`serve` writes where it listens and its log, and nothing about who visits."""
    token = site.tokens.make("leave", 1, 1)
    process = _serve(site.root)
    assert process.stdout is not None
    host, port = process.stdout.readline().strip().removeprefix("serving http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET /leave/{token} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert read_answer(connection).status == 200

    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=10)

    assert token not in out + err and out.strip() == ""
    assert all(json.loads(line)["from"] == "newsletter.sending" for line in err.splitlines())


def _serve(root: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "newsletter", "--site", str(root), "serve", "--port", "0"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "NEWSLETTER_NOW": "2018-06-29T08:00:00Z"},
    )  # fmt: skip


def test_a_stop_loses_no_answer_given(site) -> None:
    """SIGTERM while leaves pour in: each that was answered with 200 is in the database, and the end is quick."""
    message = add_message(site, "south-hants-it")
    people = [add_member(site, f"m{n}@example.org", "south-hants-it") for n in range(120)]
    process = _serve(site.root)
    assert process.stdout is not None
    host, port = process.stdout.readline().strip().removeprefix("serving http://").split(":")
    left: list[int] = []

    def leave(mine: list[int]) -> None:
        for member in mine:
            path = "/leave/" + site.tokens.make("leave", message, member)
            body = "List-Unsubscribe=One-Click"
            head = (
                f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            try:
                with socket.create_connection((host, int(port)), timeout=10) as connection:
                    connection.sendall((head + body).encode())
                    if read_answer(connection).status == 200:
                        left.append(member)
            except (OSError, IndexError, AssertionError):
                return

    threads = [threading.Thread(target=leave, args=(people[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    while len(left) < 20:
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join()
    assert process.wait(timeout=10) == 0
    process.communicate()

    gone = {
        row["member"]
        for row in site.store.rows("SELECT member FROM subscription WHERE state = 'unsubscribed'")
    }
    assert len(left) >= 20 and set(left) <= gone


@pytest.mark.parametrize("path", ["/join", "/me", "/join/south-hants-it"])
def test_no_form_sets_a_cookie_or_needs_one(site, serve, path: str) -> None:
    """Public forms work without cookies, login or scripts; a strange cookie changes nothing (Sympa #1041)."""
    server = serve(site)
    plain = server.get(path)
    strange = server.raw(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: \x01=\xff; a\r\nConnection: close\r\n\r\n".encode(
            "latin-1"
        )
    )

    assert plain.status == 200 and "set-cookie" not in plain.headers
    assert strange.status in (200, 400)
    assert "<script" not in plain.body and " on" + "click" not in plain.body


def test_answers_do_not_wait_for_an_acknowledgement(site, serve) -> None:
    """Head and body of an answer go out at once: Nagle's algorithm would hold each body back for 40 ms."""
    server = serve(site)
    took = []
    with socket.create_connection(server.address, timeout=5) as connection:
        for _ in range(15):
            began = time.monotonic()
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            read_one(connection)
            took.append(time.monotonic() - began)

    assert sorted(took)[len(took) // 2] < 0.03


def test_a_head_without_end_is_cut_off(site, serve) -> None:
    """Fields that never end are refused long before they fill the memory; the next visitor is answered."""
    server = serve(site)
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        try:
            connection.sendall((b"X-More: " + b"a" * 8_000 + b"\r\n") * 20)
            said = connection.recv(100)
        except ConnectionError:  # closed while we were still sending
            said = b"HTTP/1.1 400"

    assert said.startswith(b"HTTP/1.1 400")
    assert server.get("/healthz").status == 200
