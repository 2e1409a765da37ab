"""Our DKIM signer beside dkimpy: python -m tests.bench.sign_speed [COUNT]. Goal of issue 4: at least 10 times.

Both sign the same 23 KB mails, rsa-sha256 with 2,048 bits, relaxed/relaxed, the same fields; CPU time, in turn. Then the
share of the bare RSA signature, and what a second thread brings.
"""

import statistics
import sys
import time
from collections.abc import Callable
from concurrent import futures
from typing import Any

import dkim as dkimpy
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from newsletter.compose import dkim

ROUNDS = 5
LINE = b"Dear Zo=C3=AB, we met on Thursday and talked about the agenda of the evening=\r\n"
COVERED = (
    b"from to subject date message-id reply-to list-id list-unsubscribe list-unsubscribe-post list-help feedback-id "
    b"mime-version content-type content-transfer-encoding"
).split()


def mail(number: int) -> bytes:
    """One of the mails, each another."""
    head = (
        "From: Local IT group <chair@lists.example.org>\r\n"
        f"To: Member <member{number}@example.net>\r\n"
        "Subject: Recap of our first meeting\r\n"
        "Date: Fri, 29 Jun 2018 08:00:00 +0000\r\n"
        f"Message-ID: <t{number}@lists.example.org>\r\n"
        "Reply-To: chair@example.org\r\n"
        "List-Id: <bench.lists.example.org>\r\n"
        f"List-Unsubscribe: <https://lists.example.org/leave/t{number}>,\r\n <mailto:b+leave-t{number}@example.org>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        "List-Help: <mailto:chair@example.org>\r\n"
        "Feedback-ID: a:b:c:examplelists\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + f"{number}\r\n".encode() + LINE * 300


def main() -> None:
    """Measure in turn and print the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    key = rsa.generate_private_key(65_537, 2_048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    signer = dkim.Signer(pem, "lists.example.org", "s1")
    mails = [mail(number) for number in range(count)]
    _prove(signer, mails[0])

    def theirs(one: bytes) -> Any:
        return dkimpy.sign(
            one,
            b"s1",
            b"lists.example.org",
            pem,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=COVERED,
        )

    few = mails[: max(10, count // 10)]
    ours, peers, bare = [], [], []
    for _ in range(ROUNDS):
        ours.append(_cpu(signer.sign, mails))
        peers.append(_cpu(theirs, few))
        bare.append(_cpu(signer._rsa, [one[:1_000] for one in mails]))
    ratio = statistics.median(peer / mine for mine, peer in zip(ours, peers, strict=True))
    print(
        f"ours {_us(ours)} us, dkimpy {_us(peers)} us, the RSA signature alone {_us(bare)} us a mail of {len(mails[0]):,} octets"
    )
    print(f"{'ok    ' if ratio >= 10 else 'MISSED'} dkimpy / ours (>= 10): {ratio:.1f}")
    _threads(signer, mails)
    sys.exit(0 if ratio >= 10 else 1)


def _prove(signer: dkim.Signer, one: bytes) -> None:
    signed = signer.sign(one) + one
    assert dkimpy.verify(signed, dnsfunc=lambda *_, **__: signer.record.encode()), (
        "the signature does not verify"
    )


def _cpu(sign: Callable[[bytes], Any], mails: list[bytes]) -> float:
    """CPU seconds a mail."""
    began = time.process_time()
    for one in mails:
        sign(one)
    return (time.process_time() - began) / len(mails)


def _us(found: list[float]) -> str:
    return f"{statistics.median(found) * 1e6:,.0f}"


def _threads(signer: dkim.Signer, mails: list[bytes]) -> None:
    """Whether signing in two threads is quicker than in one (wall clock)."""
    found: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for count, walls in found.items():
            with futures.ThreadPoolExecutor(count) as pool:
                began = time.perf_counter()
                list(pool.map(signer.sign, mails))
                walls.append(time.perf_counter() - began)
    one, two = (len(mails) / statistics.median(found[count]) for count in (1, 2))
    print(f"       in one thread {one:,.0f}/s, in two {two:,.0f}/s")


if __name__ == "__main__":
    main()
