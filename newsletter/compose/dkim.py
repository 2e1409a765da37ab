"""Sign a mail's final bytes with DKIM (RFC 6376): rsa-sha256, relaxed/relaxed, for relays that do not sign themselves.

The same mail gets the same signature at every repeat: RSA with PKCS #1 v1.5 has no chance in it, and the signature's
time is the mail's own Date. Needs the package `cryptography`, the extra `newsletter[dkim]`.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import utils
from functools import lru_cache
from typing import Any

from newsletter.core import errors

LEAST_BITS = 2_048  # RFC 8301 3.2 asks for 1,024 at least and advises 2,048
_FOLD = b"\r\n "
_LINE = 76

# What a signature covers where it is there. RFC 6376 5.4.1; RFC 8058 3.1 for the List-Unsubscribe pair; RFC 9477 3.1.4
# for CFBL-*; Gmail's postmaster tools for Feedback-ID. Every List-* is covered besides.
_COVERED = frozenset(
    b"from to cc sender reply-to subject date message-id in-reply-to references mime-version content-type "
    b"content-transfer-encoding auto-submitted feedback-id cfbl-address cfbl-feedback-id".split()
)
# Named once more than they are there: a second one, added on the way, breaks the signature (RFC 6376 8.15).
_SEALED = (b"from", b"to", b"reply-to", b"subject", b"date", b"list-unsubscribe", b"list-unsubscribe-post")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What mails with the same field names share: which fields are signed, in which order, and the h= tag."""

    order: tuple[int, ...]
    tag: bytes


class Signer:
    """Signs for one domain. Its `sign` may be called from several threads at once."""

    def __init__(self, key_pem: bytes, domain: str, selector: str) -> None:
        """Read the private key. Raises ConfigError when it is none, is weak, or `cryptography` is not installed."""
        self.domain, self.selector = domain, selector
        self._key = _read_key(key_pem)
        self._rsa = _rsa_sign(self._key)
        self._head = _head(domain, selector)
        self._plans: dict[tuple[bytes, ...], _Plan] = {}

    def sign(self, mail: bytes) -> bytes:
        """Return the DKIM-Signature field, CRLF included, to stand before `mail` (final bytes, CRLF line ends).

        Raises InputError when a lone CR or LF would be mended on the way and so break the signature.
        """
        if not mail.count(b"\r\n") == mail.count(b"\n") == mail.count(b"\r"):
            raise errors.InputError("a mail with a lone CR or LF cannot be signed: its lines end in CRLF")
        head, _, body = mail.partition(b"\r\n\r\n")
        fields = _fields(head)
        names = tuple(name for name, _ in fields)
        plan = self._plans.get(names) or self._plan(names)
        digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest())
        written = b"%s%s%s%sbh=%s;%sb=" % (self._head, _time(fields), plan.tag, _FOLD, digest, _FOLD)
        signed = [b"%s:%s\r\n" % fields[place] for place in plan.order]
        canonical = b"dkim-signature:" + written[len(b"DKIM-Signature: ") :].replace(_FOLD, b" ")
        signature = base64.b64encode(self._rsa(b"".join(signed) + canonical))
        room = _LINE - len(" b=")
        lines = [
            signature[:room],
            *(signature[n : n + _LINE - 1] for n in range(room, len(signature), _LINE - 1)),
        ]
        return written + _FOLD.join(lines) + b"\r\n"

    @property
    def record(self) -> str:
        """The text to publish in DNS, as TXT at <selector>._domainkey.<domain> (RFC 6376 3.6.1)."""
        from cryptography.hazmat.primitives import serialization

        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

    def _plan(self, names: tuple[bytes, ...]) -> _Plan:
        """Choose what to sign among fields of these names. Kept: a site has a handful of such sets."""
        order, listed = _choice(names)
        plan = _Plan(tuple(order), _FOLD + _tag(listed))
        if len(self._plans) < 100:
            self._plans[names] = plan
        return plan


def covers(signature: str, field: str) -> bool:
    """Tell whether a DKIM-Signature field's value names a header field in its h= tag."""
    tags = dict(part.strip().partition("=")[::2] for part in signature.split(";"))
    listed = "".join(tags.get("h", "").split()).lower().split(":")
    return field.lower() in listed


def _choice(names: tuple[bytes, ...]) -> tuple[list[int], list[bytes]]:
    """The places of the signed fields in the order of h=, and the names there.

    Of fields with one name the lowest is taken first (RFC 6376 5.4.2).
    """
    order: list[int] = []
    listed: list[bytes] = []
    for name in dict.fromkeys(names):
        if name not in _COVERED and not name.startswith(b"list-"):
            continue
        places = [place for place, other in enumerate(names) if other == name]
        order += reversed(places)
        listed += [name] * len(places)
    return order, [*listed, *_SEALED]


def _tag(listed: Sequence[bytes]) -> bytes:
    """Write h=, folded after colons."""
    lines, line = [], b"h="
    for name in listed:
        if len(line) + len(name) + 1 >= _LINE:
            lines.append(line)
            line = b""
        line += name + b":"
    return _FOLD.join([*lines, line.rstrip(b":") + b";"])


def _head(domain: str, selector: str) -> bytes:
    first = f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain};"
    gap = " " if len(first) + len(selector) + 4 <= _LINE else "\r\n "
    try:
        return f"{first}{gap}s={selector};".encode("ascii")
    except UnicodeEncodeError as problem:
        raise errors.ConfigError(
            "[dkim] domain and selector must be plain ASCII", "Write the domain in its xn-- form."
        ) from problem


def _time(fields: Sequence[tuple[bytes, bytes]]) -> bytes:
    for name, value in fields:
        if name == b"date":
            return _time_tag(value)
    return b""


@lru_cache(maxsize=64)
def _time_tag(date: bytes) -> bytes:
    """The time of signing (t=, seconds): that of the mail, so that a repeat has the same bytes."""
    try:
        return b"%st=%d;" % (_FOLD, utils.parsedate_to_datetime(date.decode("ascii")).timestamp())
    except (ValueError, OverflowError):
        return b""


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Cut the header into its fields in relaxed form (RFC 6376 3.4.2): name in small letters, one space for many."""
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").replace(b"\t", b" ")
    found = []
    for line in unfolded.split(b"\r\n"):
        name, _, value = line.partition(b":")
        found.append((name.strip().lower(), _single_spaced(value).strip(b" ")))
    return found


def _relaxed_body(body: bytes) -> bytes:
    """Relaxed body (RFC 6376 3.4.4): no spaces at a line's end, one space for many, no empty lines at the end."""
    body = _single_spaced(body.replace(b"\t", b" ")).replace(b" \r\n", b"\r\n")
    body = body.rstrip(b"\r\n")
    return body + b"\r\n" if body else b""


def _single_spaced(text: bytes) -> bytes:
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _read_key(key_pem: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ImportError as problem:
        raise errors.ConfigError(
            "signing with DKIM needs the package cryptography, which is not installed",
            'Run: pip install "newsletter[dkim]"',
        ) from problem
    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError) as problem:
        raise errors.ConfigError(
            f"[dkim] key_file holds no private key that can be read: {problem}", _MAKE
        ) from problem
    if not isinstance(key, rsa.RSAPrivateKey):
        raise errors.ConfigError("[dkim] key_file holds no RSA key, which every receiver can check", _MAKE)
    if key.key_size < LEAST_BITS:
        raise errors.ConfigError(
            f"[dkim] key_file holds a key of {key.key_size} bits; {LEAST_BITS} are needed, weaker ones are refused by receivers",
            _MAKE,
        )
    return key


_MAKE = "Make one with: openssl genrsa -out dkim.pem 2048"


def _rsa_sign(key: Any) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    scheme, digest = padding.PKCS1v15(), hashes.SHA256()
    return lambda data: bytes(key.sign(data, scheme, digest))
