"""The sending lock: one at a time, freed by death, legible."""

import subprocess
import sys

import pytest

from newsletter.core import errors
from newsletter.service import lock

HOLDER = """
import sys, time
sys.path[:0] = sys.argv[2].split(':')
import pathlib
from newsletter.service import lock
with lock.held(pathlib.Path(sys.argv[1])):
    print('held', flush=True)
    time.sleep(60)
"""


def holder(site):
    """A process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(site.root), ":".join(sys.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_one_at_a_time(site):
    """While another process holds the lock nobody else gets it; its death frees it at once."""
    process = holder(site)
    with lock.hold(site, "send") as held:
        assert held is None
    assert lock.is_held(site)
    with pytest.raises(errors.RefusedError, match="mail is being sent"), lock.held(site.root):
        pass

    process.kill()
    process.communicate()

    assert not lock.is_held(site)
    with lock.hold(site, "send") as held:
        assert held is not None


def test_the_owner_is_legible(site):
    """The file says who sends, since when, and that they are alive; it is nobody else's to read."""
    with lock.hold(site, "send an edition") as held:
        assert held is not None
        held.beat(site.clock.source() + 5)
        found = lock.owner(site.root)

    assert found is not None
    assert found.doing == "send an edition"
    assert found.beat > found.since
    assert (site.root / lock.LOCK_FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', "\x00" * 50])
def test_damaged_text_proves_nothing(site, text):
    """A damaged lock file is no owner and no obstacle."""
    (site.root / lock.LOCK_FILE).write_text(text)

    assert lock.owner(site.root) is None
    assert not lock.is_held(site)
