"""Stamp a frozen message: a member's values in, the mail's final bytes out, by one join.

A Stamp is built once for each message and shape; a copy costs some microseconds. What comes out has CRLF line ends, no
line over 78 characters but for an address or link that is longer itself, and no line that begins with a dot.
"""

from collections.abc import Callable, Mapping
from operator import itemgetter

from newsletter.compose import calendar, header, quoted
from newsletter.compose.frame import Shape
from newsletter.compose.message import Message
from newsletter.compose.slots import Slot
from newsletter.core import errors

Values = Mapping[str, str]


class Stamp:
    """One shape of one message, ready to be copied for each of its members."""

    def __init__(self, message: Message, shape: Shape | int) -> None:
        number = shape if isinstance(shape, int) else message.shape_number(shape)
        skeleton = [_alike(piece) for piece in _with_blobs(message.skeletons[number], message.blobs)]
        slots = [piece for piece in skeleton if isinstance(piece, Slot)]
        distinct = list(dict.fromkeys(slots))
        self._subject = message.subject
        self._writers: list[Callable[[Values], bytes]] = [self._writer(slot) for slot in distinct]
        self._pieces = [b"" if isinstance(piece, Slot) else piece.encode("ascii") for piece in skeleton]
        # Every mail has several slots, so itemgetter gives a tuple.
        self._spread = itemgetter(*(distinct.index(slot) for slot in slots))

    def copy(self, values: Values) -> bytes:
        """Write one member's mail: CRLF bytes, final.

        `values` holds email, name, first_name, the list's fields, since, source, date (RFC 5322), occasion where there is
        one, and token_<purpose> for each of the message's purposes. Raises InputError when one of them is missing or
        the address cannot stand in a header.
        """
        try:
            written = [write(values) for write in self._writers]
        except KeyError as missing:
            raise errors.InputError(f"a copy lacks the value '{missing.args[0]}'") from None
        pieces = self._pieces.copy()
        pieces[1::2] = self._spread(written)
        return b"".join(pieces)

    def needs_smtputf8(self, values: Values) -> bool:
        """Tell whether this member's copy has raw UTF-8 in its header and needs SMTPUTF8 (RFC 6531)."""
        return header.needs_smtputf8(values["email"])

    def _writer(self, slot: Slot) -> Callable[[Values], bytes]:
        """Return the function that writes one slot from a member's values."""
        name, fallback = slot.name, slot.fallback
        match slot.kind:
            case "text":
                return _remembering(name, lambda value: quoted.text_value(value or fallback))
            case "html":
                return _remembering(name, lambda value: quoted.html_value(value or fallback))
            case "to":
                return lambda values: header.mailbox(values["name"], values["email"], 4).encode()
            case "subject":
                return lambda values: header.unstructured(self._subject_for(values), 9).encode()
            case "occasion":
                return _occasion
            case "attendee":
                return lambda values: calendar.attendee(values, octets=False).encode()
            case "attendee-octets":
                return lambda values: calendar.attendee(values, octets=True).encode()
            case "partstat":
                return lambda values: calendar.partstat(values).encode()
            case "dtstamp":
                return _remembering("date", calendar.dtstamp)
            case "token":
                return lambda values: _raw(values[name])
        return _remembering(name, lambda value: _raw(value).decode())

    def _subject_for(self, values: Values) -> str:
        return "".join(
            (values[piece.name] or piece.fallback) if isinstance(piece, Slot) else piece
            for piece in self._subject
        )


def _alike(piece: str | Slot) -> str | Slot:
    """Letters and digits need no encoding anywhere, so that a token is the same in every part."""
    return (
        Slot(piece.name, kind="token")
        if isinstance(piece, Slot) and piece.name.startswith("token_")
        else piece
    )


def _remembering(name: str, write: Callable[[str], str]) -> Callable[[Values], bytes]:
    """Write a value, and know it again in the next copy: dates and sources are mostly those of the member before."""
    last, done = None, b""

    def written(values: Values) -> bytes:
        nonlocal last, done
        value = values[name]
        if value != last:
            last, done = value, write(value).encode()
        return done

    return written


def _raw(value: str) -> bytes:
    """A value of our own making (token, date): printable ASCII, or it is none of ours."""
    if not (value.isascii() and value.isprintable()):
        raise errors.InputError("a token or date of a copy is damaged")
    return value.encode()


def _occasion(values: Values) -> bytes:
    occasion = values.get("occasion", "")
    return b"." + _raw(occasion) if occasion else b""


def _with_blobs(skeleton: tuple[str | Slot, ...], blobs: tuple[str, ...]) -> list[str | Slot]:
    """Put the attached files' bodies in: from here on they are fixed text like any other."""
    done: list[str | Slot] = [""]
    for piece in skeleton:
        if isinstance(piece, Slot) and piece.kind != "blob":
            done += [piece, ""]
            continue
        fixed = blobs[int(piece.name)] if isinstance(piece, Slot) else piece
        done[-1] = str(done[-1]) + fixed
    return done
