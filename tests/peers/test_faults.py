"""The judge is judged: it must see what is wrong, and nothing where all is well."""

import socket

import pytest

from tests.peers import faults, smtp_peer

GOOD = b"From: a@example.org\r\nDate: Fri, 29 Jun 2018 08:00:00 +0000\r\nMessage-ID: <a@b>\r\nSubject: x\r\n\r\nhello\r\n"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (GOOD, []),
        (b"Subject: y\r\n" + GOOD, ["subject stands 2 times"]),
        (b"LIST-ID: <a>\r\nList-Id: <a>\r\n" + GOOD, ["list-id stands 2 times"]),
        (b"X-Other: 1\r\nX-Other: 2\r\n" + GOOD, []),
        (GOOD.replace(b"Date: ", b"X-Date: "), ["no date"]),
        (b"Bcc: c@example.org\r\n" + GOOD, ["bcc is there"]),
        (GOOD.replace(b"Subject: x", b"Subject: "), ["Subject is empty"]),
    ],
)
def test_mails(content, found):
    """Each fault of a header is named, once; a good mail has none."""
    assert faults.of_mails([content, content]) == found


@pytest.mark.parametrize("word", [*faults.EXPECTED, *faults.SILENT])
def test_the_peer_plays_every_word(word):
    """Each word of the catalogue is one that the peer knows and plays, so no case passes because nothing happened."""
    stage = word.partition("-")[0]
    with smtp_peer.running() as peer, socket.create_connection(("127.0.0.1", peer.port), 5) as line:
        line.settimeout(0.3)
        talk(line, f"x+{word}@example.org")

        assert sum(peer.played.values()) >= 1
    assert all(f"{stage}-" in played for played in peer.played)


def talk(line: socket.socket, recipient: str) -> None:
    """Say a mail to the peer, whatever it answers."""
    steps = ["", "EHLO a", "MAIL FROM:<a@b.example>", f"RCPT TO:<{recipient}>", "DATA", GOOD.decode() + "."]
    for step in steps:
        try:
            if step:
                line.sendall(step.encode() + b"\r\n")
            line.recv(65_536)
        except OSError:
            continue


@pytest.mark.parametrize(
    ("said", "violation"),
    [
        (b"EHLO a\nMAIL FROM:<a@b.example>\r\n", "bare line end"),
        (b"EHLO a\r\nWHAT\r\n", "unknown command"),
        (b"EHLO a\r\nMAIL FROM: <a@b.example>\r\n", "MAIL"),
        ("EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<ü@b.example>\r\n".encode(), "8-bit address"),
        (
            b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@b.example>\r\nRCPT TO:<d@b.example>\r\n",
            "second recipient",
        ),
        (
            b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@b.example>\r\nDATA\r\nFrom: \xfc\r\n\r\n.\r\n",
            "8-bit text",
        ),
        (
            b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@b.example>\r\nDATA\r\nFrom: a\n\r\n.\r\n",
            "bare line end in a body",
        ),
    ],
)
def test_the_peer_sees_what_we_must_not_do(said, violation):
    """The peer notes a breach of the protocol: so an empty list of violations means something."""
    with smtp_peer.running() as peer, socket.create_connection(("127.0.0.1", peer.port), 5) as line:
        line.sendall(said)
        line.settimeout(0.3)
        for _ in range(10):
            try:
                if not line.recv(65_536):
                    break
            except OSError:
                break

        assert any(violation in one for one in peer.violations), peer.violations
