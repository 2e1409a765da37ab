"""Signals: SIGTERM while a server does not answer, and a process that sleeps longer than its own time-outs."""

import signal
import time

from tests.flows.test_sending_kill import begin, make
from tests.peers import smtp_peer
from tests.service import outgoing


def test_sigterm_while_a_server_hangs(tmp_path):
    """It ends within ten seconds all the same; only the mail that the server does not answer for is unclear."""
    with smtp_peer.running() as peer:
        site = make(tmp_path, peer.port, 20, 'unclear_wait = "10m"')
        outgoing.fill(site, ["late+dot-hang-60@example.org"])
        site.store.execute(
            """INSERT INTO delivery (message, member, list, address, shape, vals, state, due_at, dated_at, changed_at)
            SELECT d.message, m.id, d.list, m.address, d.shape, d.vals, 'due', d.due_at, d.dated_at, d.changed_at
            FROM delivery d, member m WHERE d.id = 1 AND m.address LIKE 'late%'"""
        )
        process = begin(site.root, "outbox", "run")
        while len(peer.mails) < 20:
            time.sleep(0.01)
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
        seconds = time.monotonic() - began
        numbers = outgoing.numbers(site)
        site.close()

    assert process.returncode == 1, said
    assert seconds < 10
    assert (numbers.unclear, numbers.sending) == (1, 0)
    assert numbers.sent == 20


def test_a_process_that_sleeps(tmp_path):
    """SIGSTOP for longer than the time-outs, then SIGCONT: the server is not blamed, nobody gets two."""
    with smtp_peer.running(latency=0.02) as peer:
        extra = 'answer_timeout = "1s"\ndot_timeout = "1s"\nmessage_deadline = "2s"'
        site = make(tmp_path, peer.port, 200, 'unclear_wait = "0s"', extra)
        process = begin(site.root, "outbox", "run")
        while len(peer.mails) < 20:
            time.sleep(0.01)
        for _ in range(2):
            process.send_signal(signal.SIGSTOP)
            time.sleep(3)
            process.send_signal(signal.SIGCONT)
            time.sleep(0.3)
        _, said = process.communicate(timeout=60)
        numbers = outgoing.numbers(site)
        site.close()

    assert process.returncode == 0, said
    assert numbers.sent == 200
    assert set(peer.recipients.values()) == {1}
