"""What hostile mails cost the reader: python -m tests.bench.hostile_mail

Each is written to a file and read with an ordinary bounce behind it by `newsletter receive --dry-run --json`, as a program
of its own: seconds and memory are those of the whole process, its start included. The goals are under 1 s and 150 MB each,
and the bounce behind it read.
"""

import base64
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

SECONDS = 1.0
MEGABYTES = 150
ROUNDS = 3
NEXT = Path(__file__).parent.parent / "mails" / "dsn-postfix-hard-5.1.1.eml"
HEAD = b"From: eve@example.net\r\nTo: bounces@lists.example.org\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n"


def nested(depth: int) -> bytes:
    """Multiparts in each other, each with a boundary of its own."""
    return HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )


def attached(name: str, data: bytes) -> bytes:
    """A mail that carries a file."""
    return (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nLook\r\n--b\r\n"
        + f'Content-Type: application/octet-stream; name="{name}"\r\n'.encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data) + b"--b--\r\n"
    )  # fmt: skip


def zip_bomb() -> bytes:
    """200 MB of nothing in as many kilobytes."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("all.txt", b"\0" * 200_000_000)
    return stream.getvalue()


MAILS: dict[str, Callable[[], bytes]] = {
    "nested 20,000": lambda: nested(20_000),
    "mails in mails 20,000": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "100,000 parts": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 100_000
    ),
    "header of 10 MB": lambda: HEAD + b"X: " + b"a" * 10_000_000 + b"\r\n\r\nHello",
    "header of 10 MB, folded": lambda: HEAD + b"X: a\r\n" + b" aaaaaaaa\r\n" * 1_000_000 + b"\r\nHello",
    "100,000 fields": lambda: HEAD + b"X: a\r\n" * 100_000 + b"\r\nHello",
    "20,000 encoded words": lambda: HEAD + b"X: " + b"=?utf-8?q?=C3=A4?= " * 20_000 + b"\r\n\r\nHello",
    "20,000 addresses": lambda: HEAD + b"Cc: " + b"a@example.org, " * 20_000 + b"\r\n\r\nHello",
    "20,000 addresses, bounce": lambda: (
        HEAD.replace(b"eve@", b"MAILER-DAEMON@").replace(b"Hello", b"Undelivered mail")
        + b"\r\nThe following addresses failed:\r\n"
        + b"".join(b"  a%d@example.org\r\n" % number for number in range(20_000))
    ),
    "100 failed recipients": lambda: (
        HEAD.replace(b"eve@", b"MAILER-DAEMON@")
        + b"X-Failed-Recipients: " + b", ".join(b"a%02d@example.org" % number for number in range(100)) + b"\r\n\r\n"
        + b"".join(b"a%02d@example.org\r\n" % number for number in range(100)) + b"<a@" * 700
    ),
    "status of blank lines": lambda: (
        HEAD + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\n\n" * 150_000
    ),
    "5 million lines": lambda: b"From x Fri Jun 29 09:00:00 2018\n" + HEAD + b"\n" + b"a\n" * 4_900_000,
    "To: ((((": lambda: HEAD + b"To: " + b"(" * 5_000 + b"\r\n\r\nHello",
    "boundary of 70 kB": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=" + b"b" * 70_000 + b"\r\n\r\n--" + b"b" * 70_000
    ),
    "boundary of 60 kB": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=" + b"b" * 60_000
        + (b"\r\n\r\n--" + b"b" * 60_000) * 12
    ),
    "100 MB of base64": lambda: attached("all.bin", os.urandom(1_000_000) * 75),
    "9 MB of base64": lambda: attached("all.bin", os.urandom(1_000_000) * 7),
    "zip bomb": lambda: attached("all.zip", zip_bomb()),
    "gzip bomb": lambda: attached("all.gz", gzip.compress(b"\0" * 200_000_000, 1)),
}  # fmt: skip


def main() -> int:
    """Print a line for each mail, and return 1 when one misses a goal."""
    missed = 0
    with tempfile.TemporaryDirectory(prefix="hostile-mail-") as folder:
        plain, _, _ = min(_runs([NEXT]))
        print(f"{'an ordinary bounce alone':26} {plain:5.2f} s")
        for name in MAILS:
            file = Path(folder) / "hostile.eml"
            # Made by a process of its own: what a child is started from counts as its memory too.
            subprocess.run([sys.executable, "-m", __spec__.name, name, file], check=True)
            seconds, memory, said = min(_runs([file, NEXT]))
            found = [json.loads(line) for line in said.splitlines()]
            is_good = (
                seconds < SECONDS and memory < MEGABYTES and [one["kind"] for one in found][1:] == ["hard"]
            )
            missed += not is_good
            print(
                f"{name:26} {seconds:5.2f} s ({seconds / SECONDS:4.0%} of the limit) "
                f"{memory:5.0f} MB ({memory / MEGABYTES:4.0%}) {'' if is_good else 'MISSED '}{found[0]['kind']}: {found[0]['reason']}"
            )
    return 1 if missed else 0


def _runs(files: list[Path]) -> Iterator[tuple[float, float, str]]:
    command = [sys.executable, "-m", "newsletter", "receive", "--dry-run", "--json", *map(str, files)]
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = process.stdout.read()
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
        yield time.perf_counter() - began, used.ru_maxrss / 1024, said


if __name__ == "__main__":
    if len(sys.argv) == 3:
        Path(sys.argv[2]).write_bytes(MAILS[sys.argv[1]]())
    else:
        sys.exit(main())
