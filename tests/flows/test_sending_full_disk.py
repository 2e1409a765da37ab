"""A disk that is full while mail goes out: what the relay took is written down all the same, and nobody gets two."""

import os
import shutil
import subprocess
from collections import Counter

import pytest

from tests.flows.test_sending_kill import RUN, make
from tests.peers import smtp_peer

MEMBERS = 600
# In a mount namespace of its own: a disk of so many KB, the site copied onto it, one run, and the site copied back.
SCRIPT = """
mount -t tmpfs -o size="$1"k none "$2" && cp -a "$3"/. "$2" || exit 77
shift 3; "$@" --site "$DISK" outbox run --no-wait
code=$?
rm -rf "$SITE"; cp -a "$DISK" "$SITE"
exit $code
"""


def on_a_small_disk(site, disk, room):
    """Run the sender once on a disk with so many KB left."""
    disk.mkdir()
    size = sum(file.stat().st_size // 4_096 * 4 + 8 for file in site.rglob("*")) + room
    words = [
        "unshare",
        "--mount",
        "--map-root-user",
        "sh",
        "-c",
        SCRIPT,
        "sh",
        str(size),
        str(disk),
        str(site),
        *RUN,
    ]
    found = subprocess.run(
        words,
        env={**os.environ, "DISK": str(disk), "SITE": str(site)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if found.returncode == 77 or "unshare" in found.stderr:
        if os.environ.get("NEWSLETTER_TEST_ALL") == "1":
            pytest.fail(f"no disk of our own can be mounted: {found.stderr}")
        pytest.skip("no disk of our own can be mounted here")
    return found


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare (Linux, util-linux)")
@pytest.mark.parametrize("room", [40, 400])
def test_full_disk_while_sending(tmp_path, room):
    """The run ends in plain words or finds room in its own log; the next one sends the rest, each mail once."""
    with smtp_peer.running(latency=0.001) as peer:
        site = make(tmp_path, peer.port, MEMBERS, 'unclear_wait = "0s"')
        root = site.root
        site.store.make_room()
        site.close()
        first = on_a_small_disk(root, tmp_path / "disk", room)
        sent_first = len(peer.mails)
        last = subprocess.run([*RUN, "--site", str(root), "outbox", "run"], capture_output=True, text=True)

    assert first.returncode in (0, 1), first.stderr
    assert first.returncode == 0 or "the disk is full" in first.stderr
    assert first.returncode == 1 or sent_first == MEMBERS
    assert last.returncode == 0, last.stderr
    assert Counter(peer.recipients.values()) == {1: MEMBERS}
