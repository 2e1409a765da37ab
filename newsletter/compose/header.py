"""Header values: folded (RFC 5322 2.2.3), quoted, or as encoded-words (RFC 2047), by our own hand.

The standard library folds a long List-Unsubscribe into encoded-words, which breaks one-click, and lets NUL pass;
this runs once per member besides. Values come back without the field's name, folded with CRLF and a space.
"""

import base64
import re

from newsletter.compose import quoted, slots
from newsletter.core import errors, tokens

FOLD = "\r\n "
SUBJECT_LIMIT = 250  # characters; longer ones are cut with an ellipsis
_NAME_LIMIT = 100  # characters of a display name
_LINE = 78
_WORD = 75  # RFC 2047 2: an encoded-word has at most 75 characters
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/?^_`{|}~-]+)*").fullmatch
# What each octet is in the Q encoding: only what a phrase allows stands bare (RFC 2047 5 (3)).
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = [chr(b) if b in _Q_SAFE else "_" if b == 32 else f"={b:02X}" for b in range(256)]
_SENDABLE = re.compile(r"[^\s<>()\[\],:;\\\"@]+@[^\s<>()\[\],:;\\\"@]+").fullmatch


def unstructured(text: str, used: int) -> str:
    """Write a subject or the like. `used` characters of the first line are taken by the field's name."""
    text = " ".join(quoted.clean(text).split())
    if len(text) > SUBJECT_LIMIT:
        text = text[: SUBJECT_LIMIT - 1].rstrip() + "…"
    if text.isascii() and "=?" not in text:
        if used + len(text) <= _LINE:
            return text
        if max(map(len, text.split(" "))) < _LINE - used:
            return _folded(text, used)
    return _encoded(text, used)


def mailbox(name: str, address: str, used: int) -> str:
    """Write `Name <address>`, or the address alone when there is no name.

    A local part outside ASCII needs raw UTF-8 all along (RFC 6532) and SMTPUTF8 on the wire.
    Raises InputError when the address would end the field or begin another address.
    """
    if not (_SENDABLE(address) and address.isprintable()):
        raise errors.InputError("the address cannot stand in a header", "Correct the member's address.")
    if not address.isascii():
        return f"{_quoted(short(name))} <{address}>" if name else address
    if _ATOMS(name) and used + len(name) + len(address) + 3 <= _LINE:
        return f"{name} <{address}>"
    name = short(name)
    if not name:
        return address
    phrase = _phrase(name, used)
    lines = phrase.split("\r\n")
    taken = len(lines[-1]) + (used if len(lines) == 1 else 0)
    gap = " " if taken + len(address) + 3 <= _LINE else FOLD
    return f"{phrase}{gap}<{address}>"


def needs_smtputf8(address: str) -> bool:
    """Tell whether a message to this address must be sent with SMTPUTF8 (RFC 6531 3.2)."""
    return not address.isascii()


def field(name: str, value: str) -> str:
    """Write a whole field; a value that does not fit beside its name stands on the next line, itself unbroken."""
    first = slots.TOKEN.sub("x" * tokens.LENGTH, value.partition("\r\n")[0])
    return f"{name}:{' ' if len(name) + 2 + len(first) <= _LINE else FOLD}{value}\r\n"


def uris(name: str, *found: str) -> str:
    """Write a field of URIs in angle brackets (RFC 2369), each whole on its line, folded only between them."""
    return field(name, f",{FOLD}".join(f"<{uri}>" for uri in found))


def short(name: str) -> str:
    """A display name on one line, cut to a sensible length."""
    name = " ".join(quoted.clean(name).split())
    return name if len(name) <= _NAME_LIMIT else name[: _NAME_LIMIT - 1].rstrip() + "…"


def _phrase(name: str, used: int) -> str:
    if name.isascii() and "=?" not in name and used + len(name) + 4 <= _LINE:
        return name if _ATOMS(name) else _quoted(name)
    return _encoded(name, used)


def _quoted(name: str) -> str:
    return name if _ATOMS(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _folded(text: str, used: int) -> str:
    lines, line, room = [], "", _LINE - used
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, _LINE - 1
        else:
            line = f"{line} {word}" if line else word
    return FOLD.join([*lines, line])


def _encoded(text: str, used: int) -> str:
    """Encoded-words, cut between characters, the shorter of Q and B."""
    octets = text.encode()
    whole, sign = "".join([_Q[octet] for octet in octets]), "q"
    if len(whole) > len(octets) * 4 / 3 + 4:
        whole, sign = base64.b64encode(octets).decode(), "b"
    room = _WORD - 12 - max(0, used - 1)
    if len(whole) <= room:
        return f"=?utf-8?{sign}?{whole}?="
    done, word = [], ""
    for character in text:
        if len(_payload(word + character, sign)) > room:
            done.append(word)
            word, room = "", _WORD - 12
        word += character
    return FOLD.join(f"=?utf-8?{sign}?{_payload(word, sign)}?=" for word in [*done, word])


def _payload(text: str, sign: str) -> str:
    if sign == "b":
        return base64.b64encode(text.encode()).decode()
    return "".join([_Q[octet] for octet in text.encode()])
