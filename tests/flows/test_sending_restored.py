"""An old backup put back in the middle of a send: what has gone out since is not sent again, the rest goes out."""

import signal
import subprocess
import time

from tests.flows.test_sending_kill import RUN, begin, make
from tests.peers import smtp_peer

MEMBERS = 300


def test_a_backup_of_before_the_send(tmp_path):
    """The backup says that all are due; the database it replaces knows better, and everybody gets one."""
    backup = tmp_path / "before.zip"
    with smtp_peer.running(latency=0.005) as peer:
        site = make(tmp_path, peer.port, MEMBERS, 'unclear_wait = "0s"')
        root = site.root
        site.close()
        subprocess.run([*RUN, "--site", str(root), "backup", str(backup)], check=True, capture_output=True)
        process = begin(root, "outbox", "run")
        while len(peer.mails) < 60:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        before = len(peer.mails)
        restored = subprocess.run(
            [*RUN, "--site", str(root), "--yes", "restore", str(backup)], capture_output=True, text=True
        )
        last = subprocess.run([*RUN, "--site", str(root), "outbox", "run"], capture_output=True, text=True)

    assert restored.returncode == 0, restored.stderr
    assert 60 <= before < MEMBERS
    assert last.returncode == 0, last.stderr
    assert len(peer.recipients) == MEMBERS
    assert set(peer.recipients.values()) == {1}
