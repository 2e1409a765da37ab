"""Queueing speed, and memory of a send with 1,000 and with 100,000 members: it must not grow with the list.

Run: python tests/bench/send_memory.py [MEMBERS]. Prints rows a second, mails a second, CPU, and peak memory (VmHWM) of
the sending process, which is a process of its own; the relay is a small sink in another.
"""

import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from newsletter import site as sites
from newsletter.service import queueing, sending
from tests import conftest
from tests.service import outgoing

GOAL_MB, GOAL_ROWS = 8.0, 100_000


def main() -> None:
    """Measure both sizes and print the verdicts."""
    if len(sys.argv) > 2:
        _send(Path(sys.argv[2]))
        return
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    peaks = {}
    for count in (1_000, most):
        peaks[count] = _measure(count)
    growth = peaks[most] - peaks[1_000]
    verdict = "reached" if growth < GOAL_MB else "MISSED"
    print(
        f"memory grows by {growth:.1f} MB from 1,000 to {most:,} members (goal: under {GOAL_MB} MB): {verdict}"
    )


def _measure(count: int) -> float:
    port, sink = _sink()
    with tempfile.TemporaryDirectory() as folder:
        toml = outgoing.relay_toml(port, "connections = 10")
        root = conftest.write_site(Path(folder) / "site", toml=toml)
        site = sites.open_site(root)
        _fill(site, count)
        path = outgoing.edition(site)
        began = time.process_time()
        queueing.queue(site, path, queueing.Order())
        queued = time.process_time() - began
        site.close()
        print(
            f"{count:,} members: queued in {queued:.2f} s CPU, {count / queued:,.0f} rows/s (goal {GOAL_ROWS:,})"
        )
        said = subprocess.run(
            [sys.executable, __file__, "send", str(root)], check=True, capture_output=True, text=True
        ).stdout
        sink.kill()
        print(f"  {said.strip()}")
        found = re.search(r"peak ([\d.]+) MB", said)
        assert found is not None
        return float(found[1])


def _send(root: Path) -> None:
    site = sites.open_site(root)
    began = time.monotonic()
    ended = sending.run(site, wait=True)
    seconds = time.monotonic() - began
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # type: ignore[index]
    print(
        f"sent {ended.sent:,} in {seconds:.1f} s, {ended.sent / seconds:,.0f}/s,"
        f" {1000 * cpu / max(ended.sent, 1):.3f} CPU s/1,000, peak {peak:.1f} MB"
    )


def _fill(site: sites.Site, count: int) -> None:
    """Members straight into the tables: this measures what comes after."""
    now, list_id = site.clock.iso(), site.store.list_ids["south-hants-it"]
    with site.store.write():
        site.store.executemany(
            """INSERT INTO member (id, address, key, mac, mailbox_mac, name, first_name, fields, created_at)
            VALUES (?,?,?,?,?,?,?,?,?)""",
            (
                (n, f"m{n}@example.org", f"m{n}@example.org", b"%016d" % n, b"%016d" % n, f"Ann Member {n}", "Ann",
                 '{"company":"Firm & Sons"}', now)
                for n in range(1, count + 1)
            ),
        )  # fmt: skip
        site.store.executemany(
            """INSERT INTO subscription (list, member, state, since, basis, source, consent)
            VALUES (?,?,'confirmed',?,'consent','sign-up sheet',0)""",
            ((list_id, n, now) for n in range(1, count + 1)),
        )


def _sink() -> tuple[int, "subprocess.Popen[bytes]"]:
    """A process that takes every mail as fast as a small Python program can."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", _SINK, str(port)])
    time.sleep(0.5)
    return port, process


_SINK = """
import asyncio, sys

class Sink(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.rest, self.body = transport, b"", False
        transport.write(b"220 sink\\r\\n")

    def data_received(self, data):
        data = self.rest + data
        while data:
            if self.body:
                end = data.find(b"\\r\\n.\\r\\n")
                if end < 0:
                    break
                self.body, data = False, data[end + 5:]
                self.transport.write(b"250 ok\\r\\n")
                continue
            line, found, after = data.partition(b"\\r\\n")
            if not found:
                break
            data = after
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.transport.write(b"250-sink\\r\\n250 PIPELINING\\r\\n")
            elif verb == b"DATA":
                self.body = True
                self.transport.write(b"354 go\\r\\n")
            elif verb == b"QUIT":
                self.transport.write(b"221 bye\\r\\n")
                self.transport.close()
            else:
                self.transport.write(b"250 ok\\r\\n")
        self.rest = data

async def main():
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()

asyncio.run(main())
"""

if __name__ == "__main__":
    main()
