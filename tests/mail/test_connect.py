"""Connections: TLS that is verified or there is none, logins, and servers that are not what they should be."""

import asyncio
import ssl
from pathlib import Path

import pytest

from newsletter.mail import connect
from tests.peers import smtp_peer

# Certificates of the tests' own authority, whose key was thrown away: for 127.0.0.1, for another host, and an old one.
TLS = Path(__file__).parent.parent / "data" / "tls"


def server_tls(name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / f"{name}.pem")
    return context


def connected(peer, security="none", ca=True, **route):
    """Open a connection and leave it; return what came of it."""
    where = connect.Route(
        "127.0.0.1",
        peer.port,
        security,
        TLS / "ca.pem" if ca else None,
        own_name="sender.example.org",
        **route,
    )
    context = None if security == "none" else connect.tls_context(where)

    async def main():
        line = await connect.open_line(where, context)
        if isinstance(line, connect.Line):
            await connect.close_line(line)
        return line

    return asyncio.run(main())


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_and_login(security):
    """With a good certificate we secure, log in, and only then; the extensions are those offered after TLS."""
    with smtp_peer.running(
        tls=server_tls("good"), tls_at_once=security == "tls", users={"me": "secret"}
    ) as peer:
        line = connected(peer, security, username="me", password="secret")

    assert isinstance(line, connect.Line), line
    assert {"pipelining", "auth"} <= line.offers
    assert peer.violations == []
    assert peer.commands[-1] == "QUIT"


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(("certificate", "ca"), [("wrong", True), ("expired", True), ("good", False)])
def test_bad_certificate_halts(security, certificate, ca):
    """A wrong name, an old certificate, an unknown authority: no connection, no password, and the run halts."""
    with smtp_peer.running(
        tls=server_tls(certificate), tls_at_once=security == "tls", users={"me": "secret"}
    ) as peer:
        line = connected(peer, security, ca, username="me", password="secret")

    assert isinstance(line, connect.NoLine)
    assert line.verdict.outcome == "halt"
    assert "certificate is not good" in str(line)
    assert "AUTH" not in peer.commands


def test_stripped_starttls_halts():
    """A server that does not offer STARTTLS gets neither mail nor password: never plain text instead."""
    with smtp_peer.running(tls=server_tls("good"), offer_starttls=False, users={"me": "secret"}) as peer:
        line = connected(peer, "starttls", username="me", password="secret")

    assert isinstance(line, connect.NoLine)
    assert line.verdict.outcome == "halt"
    assert "STARTTLS" in str(line)
    assert "AUTH" not in peer.commands


def test_wrong_password_halts():
    """A refused login stops the run and says so."""
    with smtp_peer.running(users={"me": "secret"}) as peer:
        line = connected(peer, username="me", password="wrong")

    assert isinstance(line, connect.NoLine)
    assert str(line) == "login refused: 535 5.7.8 wrong password"
    assert line.verdict.outcome == "halt"


@pytest.mark.parametrize(
    ("fault", "outcome", "slow"),
    [
        ("connect-421", "deferred", "relay"),
        ("connect-554", "halt", ""),
        ("connect-drop", "deferred", ""),
        ("connect-garbage", "deferred", ""),
        ("connect-hang-5", "deferred", ""),
        ("ehlo-421", "deferred", "relay"),
        ("ehlo-550", "halt", ""),
        ("ehlo-drop", "deferred", ""),
        ("ehlo-drip-9", "deferred", ""),
        ("auth-454", "deferred", "relay"),
        ("auth-535", "halt", ""),
        ("auth-drop", "deferred", ""),
    ],
)
def test_trouble_before_the_first_mail(fault, outcome, slow):
    """What a server says before MAIL concerns us, not a member: for later, or halt."""
    with smtp_peer.running(faults=(fault,), users={"me": "secret"}) as peer:
        line = connected(peer, username="me", password="secret", answer_timeout=0.5)

    assert isinstance(line, connect.NoLine)
    assert (line.verdict.outcome, line.verdict.slow) == (outcome, slow), line


def test_nobody_there():
    """No server at all is for later, with a reason that a person understands."""
    with smtp_peer.running() as peer:
        pass
    line = connected(peer)

    assert isinstance(line, connect.NoLine)
    assert line.verdict.outcome == "deferred"
    assert "no connection" in str(line)


def test_a_route_does_not_show_its_password():
    """Printing a route, as a traceback or a log may do, shows no secret."""
    assert "hush" not in repr(connect.Route("a.example", 25, password="hush", username="me"))
