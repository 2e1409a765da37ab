"""The bulk exchange over a real socket, against a server that answers well and one that does not."""

import asyncio
from collections import deque

import pytest

from newsletter.core import answers
from newsletter.mail import connect, smtp
from tests.peers import smtp_peer

BODY = b"Message-ID: <%d@example.org>\r\nSubject: hello\r\n\r\nDear member\r\n"


class Bay:
    """The smallest bay: hands out addresses in order and keeps what it hears."""

    def __init__(self, recipients, sender="bounces@example.org", gate=lambda parcel: True, envid=""):
        self.waiting = deque(smtp.Parcel(n, sender, to, envid) for n, to in enumerate(recipients))
        self.left = len(self.waiting)
        self.words, self.losses, self.closings = {}, {}, []
        self.gate = gate
        self.rounds = 0
        self.done = asyncio.Event()

    def next_parcel(self):
        return self.waiting.popleft() if self.waiting else None

    def ready(self, link, parcel):
        asyncio.get_running_loop().call_soon(self._go_on, link, parcel)

    def _go_on(self, link, parcel):
        if link.dead:
            return
        if self.gate(parcel):
            link.send(parcel, [BODY % parcel.number])
        else:
            link.fail("the gate refused")

    def answered(self, parcel, stage, answer):
        assert parcel.recipient not in self.words
        self.words[parcel.recipient] = (stage, answer, answers.judge(stage, answer).outcome)
        self._count()

    def lost(self, parcel, reason, *, accused):
        assert parcel.recipient not in self.losses
        self.losses[parcel.recipient] = (reason, accused, parcel.dot_written)
        self._count()

    def _count(self):
        self.left -= 1
        if not self.left:
            self.done.set()

    def idle(self, link):
        pass

    def closed(self, link, reason):
        self.closings.append(reason)

    def outcome(self, recipient):
        if recipient in self.words:
            return self.words[recipient][2]
        return "unclear" if self.losses[recipient][2] else "again"


def send_all(
    peer, recipients, *, sender="bounces@example.org", gate=lambda parcel: True, again=True, envid="", **route
):
    """Send over one connection at a time until everybody has had a word or a loss."""

    async def main():
        bay = Bay(recipients, sender, gate, envid)
        where = connect.Route("127.0.0.1", peer.port, own_name="sender.example.org", **route)
        for _ in range(2 * len(recipients) + 3):
            line = await connect.open_line(where, None)
            if isinstance(line, connect.NoLine):
                continue
            link = smtp.Link(bay, line, where)
            link.feed()
            while not link.dead and not bay.done.is_set():
                await asyncio.sleep(0.005)
                link.check(asyncio.get_running_loop().time())
            await asyncio.sleep(0.05)
            if not link.dead:
                await link.quit()
            if bay.done.is_set() or not again:
                break
        return bay

    return asyncio.run(main())


@pytest.mark.parametrize("pipelining", [True, False])
def test_everybody_gets_one(pipelining):
    """Each recipient gets one mail with the very bytes, in one transaction each, over one connection."""
    people = [f"m{n}@example.org" for n in range(50)]
    with smtp_peer.running(pipelining=pipelining) as peer:
        bay = send_all(peer, people)

    assert dict.fromkeys(people, 1) == dict(peer.recipients)
    assert all(mail.content == BODY % n for n, mail in enumerate(peer.mails))
    assert {"sent"} == {bay.outcome(person) for person in people}
    assert peer.violations == []
    assert peer.connections == 1
    assert peer.commands[-1] == "QUIT"


FAULTS = [
    ("mail-451", "deferred"), ("mail-550", "halt"), ("mail-421", "deferred"), ("mail-drop", "again"),
    ("mail-garbage", "again"), ("mail-empty", "again"), ("mail-badcode", "again"), ("mail-dup", "again"),
    ("mail-503", "again"), ("mail-354", "again"), ("mail-long", "again"),
    ("rcpt-450", "deferred"), ("rcpt-550", "failed"), ("rcpt-421", "deferred"), ("rcpt-drop", "again"),
    ("rcpt-rst", "again"), ("rcpt-garbage", "again"), ("rcpt-empty", "again"), ("rcpt-badcode", "again"),
    ("rcpt-dup", "again"), ("rcpt-354", "again"), ("rcpt-long", "again"),
    ("rcpt-split", "sent"), ("rcpt-multi", "sent"), ("rcpt-multi-500", "again"),
    ("data-451", "deferred"), ("data-554", "failed"), ("data-drop", "again"), ("data-garbage", "again"),
    ("data-250", "again"), ("data-badcode", "again"), ("data-split", "sent"), ("data-421", "deferred"),
    ("dot-451", "deferred"), ("dot-554", "failed"), ("dot-421", "deferred"), ("dot-multi", "sent"),
    ("dot-split", "sent"), ("dot-dup", "sent"),
    ("dot-drop", "unclear"), ("dot-rst", "unclear"), ("dot-lost", "unclear"), ("dot-garbage", "unclear"),
    ("dot-empty", "unclear"), ("dot-badcode", "unclear"), ("dot-long", "unclear"), ("dot-354", "unclear"),
    ("dot-799", "unclear"), ("dot-503", "unclear"),
]  # fmt: skip


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(("fault", "expected"), FAULTS)
def test_fault(fault, expected, pipelining):
    """One fault touches the one it was played on; the others get their mail, and we break no rule."""
    people = ["a@example.org", f"b+{fault}@example.org", "c@example.org", "d@example.org"]
    if fault.startswith("mail"):
        return _sender_fault(fault, expected, pipelining)
    with smtp_peer.running(pipelining=pipelining) as peer:
        bay = send_all(peer, people)

    assert expected == bay.outcome(people[1]), bay.closings
    for other in (people[0], people[2], people[3]):
        # After a fault the connection is gone, and who was next on it is due again.
        assert bay.outcome(other) in ("sent", "again")
        assert peer.recipients[other] == (bay.outcome(other) == "sent")
    assert peer.violations == []
    return None


def _sender_fault(fault, expected, pipelining):
    with smtp_peer.running(pipelining=pipelining) as peer:
        bay = send_all(peer, ["b@example.org"], sender=f"bounces+{fault}@example.org")

    assert expected == bay.outcome("b@example.org"), bay.closings
    assert peer.violations == []
    assert peer.mails == []


def test_refused_recipient_and_data_answered_354():
    """RCPT refused but DATA answered 354: a lone dot ends it, nobody gets an empty mail, the connection lives."""
    people = ["a@example.org", "b+rcpt-550.data-354@example.org", "c@example.org"]
    with smtp_peer.running(faults=("data-hang-0",)) as peer:
        bay = send_all(peer, people)

    assert [bay.outcome(person) for person in people] == ["sent", "failed", "sent"]
    assert peer.connections == 1
    assert peer.violations == []


def test_refused_recipient_keeps_the_connection():
    """A refusal closes nothing: RSET rides in the next group."""
    people = ["a@example.org", "b+rcpt-550@example.org", "c+rcpt-450@example.org", "d@example.org"]
    with smtp_peer.running() as peer:
        bay = send_all(peer, people)

    assert [bay.outcome(person) for person in people] == ["sent", "failed", "deferred", "sent"]
    assert peer.connections == 1
    assert peer.commands.count("RSET") == 2


def test_gate_closes_before_the_body():
    """When the gate refuses after DATA was answered, the connection is closed: a lone dot would deliver an empty mail."""
    people = ["a@example.org", "b@example.org", "c@example.org"]
    with smtp_peer.running() as peer:
        bay = send_all(peer, people, gate=lambda parcel: parcel.recipient != "b@example.org")

    assert [bay.outcome(person) for person in people] == ["sent", "again", "sent"]
    assert peer.violations == []
    assert peer.recipients["b@example.org"] == 0


@pytest.mark.parametrize(
    ("fault", "expected"), [("rcpt-hang-5", "again"), ("dot-hang-5", "unclear"), ("data-drip-9", "again")]
)
def test_every_wait_ends(fault, expected):
    """Silence and dripping answers end at their time-out, and the rest goes out over a new connection."""
    people = [f"a+{fault}@example.org", "b@example.org"]
    with smtp_peer.running() as peer:
        bay = send_all(peer, people, answer_timeout=0.3, dot_timeout=0.3)

    assert expected == bay.outcome(people[0])
    assert "no answer to" in bay.losses[people[0]][0]


def test_a_mail_has_a_deadline():
    """Each answer in time, but all together too late: the total deadline ends it."""
    people = ["a+mail-drip-0_2.rcpt-drip-0_25.data-drip-0_25.dot-drip-0_25@example.org"]
    with smtp_peer.running() as peer:
        bay = send_all(peer, people, answer_timeout=0.4, dot_timeout=0.4, message_deadline=0.6)

    assert "the mail took longer than" in bay.losses[people[0]][0]


def test_server_closes_after_each_mail():
    """A server that takes one mail a connection gets one a connection; nobody is unclear."""
    people = [f"m{n}@example.org" for n in range(5)]
    with smtp_peer.running(messages_per_connection=1) as peer:
        bay = send_all(peer, people)

    assert "unclear" not in {bay.outcome(person) for person in people}
    assert all(count == 1 for count in peer.recipients.values())


@pytest.mark.parametrize(
    "address", ["x@y.org>\r\nRCPT TO:<e@z.org", "a b@y.org", "<a@y.org", "a\x00@y.org", "nobody", "é@ü.org"]
)
def test_bad_address_never_reaches_the_wire(address):
    """An address that would break a command is answered by us; nothing of it is written."""
    with smtp_peer.running(smtputf8=True) as peer:
        bay = send_all(peer, [address, "b@example.org"])

    assert bay.words[address][1].status == "5.1.3"
    assert dict(peer.recipients) == {"b@example.org": 1}
    assert peer.violations == []


@pytest.mark.parametrize("offered", [True, False])
def test_smtputf8(offered):
    """A non-ASCII local part goes out only where SMTPUTF8 is offered; elsewhere that member fails with 5.6.7."""
    with smtp_peer.running(smtputf8=offered) as peer:
        bay = send_all(peer, ["jörg@example.org", "b@example.org"])

    assert ("sent" if offered else "failed") == bay.outcome("jörg@example.org")
    assert bay.outcome("b@example.org") == "sent"
    assert peer.violations == []
    if not offered:
        assert bay.words["jörg@example.org"][1].status == "5.6.7"


@pytest.mark.parametrize("pipelining", [True, False])
def test_reports_are_asked_for_where_they_are_offered(pipelining):
    """B3: the header back and not the whole mail, no report of success, the token and the recipient named in it."""
    people = ["ada+x=y@example.org", "jörg@example.org"]
    with smtp_peer.running(dsn=True, smtputf8=True, pipelining=pipelining) as peer:
        bay = send_all(peer, people, envid="t0ken")

    assert [bay.outcome(person) for person in people] == ["sent", "sent"]
    assert peer.envelopes == [
        "FROM:<bounces@example.org> RET=HDRS ENVID=t0ken",
        "TO:<ada+x=y@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada+2Bx+3Dy@example.org",
        "FROM:<bounces@example.org> SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=t0ken",
        "TO:<jörg@example.org> NOTIFY=FAILURE,DELAY",
    ]
    assert peer.violations == []


def test_a_stopped_reader_leaves_nothing_unclear():
    """A body that still lies in our own buffer when time is up was not sent: due again, not unclear."""

    async def main():
        async def deaf(reader, writer):
            try:
                writer.write(b"220 x\r\n")
                await reader.readline()
                writer.write(b"250-x\r\n250 PIPELINING\r\n")
                for _ in range(3):
                    await reader.readline()
                writer.write(b"250 ok\r\n250 ok\r\n354 go\r\n")
                await asyncio.sleep(60)
            finally:
                writer.transport.abort()

        server = await asyncio.start_server(deaf, "127.0.0.1", 0, limit=1024)
        where = connect.Route(
            "127.0.0.1", server.sockets[0].getsockname()[1], dot_timeout=0.5, own_name="a.example"
        )
        bay = Bay(["a@example.org"])
        bay._go_on = lambda link, parcel: link.send(parcel, [b"x" * 76 + b"\r\n" * 10_000_000])
        line = await connect.open_line(where, None)
        link = smtp.Link(bay, line, where)
        link.feed()
        while not link.dead:
            await asyncio.sleep(0.05)
            link.check(asyncio.get_running_loop().time())
        server.close()
        return bay

    assert asyncio.run(main()).outcome("a@example.org") == "again"
