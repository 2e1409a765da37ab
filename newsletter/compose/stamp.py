"""Stamp a frozen message: a member's values in, the mail's final bytes out, by one join.

A Stamp is built once for each message and shape; a copy costs some microseconds. What comes out has CRLF line ends, no
line over 78 characters but for an address or link that is longer itself, and no line that begins with a dot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from newsletter.compose import calendar, header, quoted
from newsletter.compose.frame import Shape
from newsletter.compose.message import Message
from newsletter.compose.slots import Slot
from newsletter.core import errors

Values = Mapping[str, str]


@dataclass(slots=True)
class _Field:
    """A value of the members and the places it is written to, each with its fallback and its encoding."""

    name: str
    ways: list[tuple[int, str, Callable[[str], str]]]
    last: str | None = None


class Stamp:
    """One shape of one message, ready to be copied for each of its members.

    It remembers the copy before: what is the same in the next one (dates, sources) is not written again. One thread.
    """

    def __init__(self, message: Message, shape: Shape | int) -> None:
        number = shape if isinstance(shape, int) else message.shape_number(shape)
        skeleton = [_alike(piece) for piece in _with_blobs(message.skeletons[number], message.blobs)]
        slots = [piece for piece in skeleton if isinstance(piece, Slot)]
        distinct = list(dict.fromkeys(slots))
        self._subject = message.subject
        fields: dict[str, _Field] = {}
        self._composed: list[tuple[int, Callable[[Values], str]]] = []
        self._tokens: list[tuple[int, str]] = []
        for place, slot in enumerate(distinct):
            if slot.name.startswith("token_"):
                self._tokens.append((place, slot.name))
            elif encode := _encoding(slot):
                field = fields.setdefault(slot.name, _Field(slot.name, []))
                field.ways.append((place, slot.fallback, encode))
            else:
                self._composed.append((place, self._writer(slot)))
        self._fields = list(fields.values())
        self._written = [b""] * len(distinct)
        self._pieces = [b"" if isinstance(piece, Slot) else piece.encode("ascii") for piece in skeleton]
        # Every mail has several slots, so itemgetter gives a tuple.
        self._spread = itemgetter(*(distinct.index(slot) for slot in slots))

    def copy(self, values: Values) -> bytes:
        """Write one member's mail: CRLF bytes, final.

        `values` holds email, name, first_name, the list's fields, since, source, date (RFC 5322), occasion where there is
        one, and token_<purpose> for each of the message's purposes. Raises InputError when one of them is missing or
        the address cannot stand in a header.
        """
        return b"".join(self.pieces(self.fill(values)))

    def fill(self, values: Values) -> tuple[bytes, ...]:
        """Encode what a member's copy has in its slots, for `pieces`. Values and errors are those of `copy`."""
        written = self._written
        try:
            for field in self._fields:
                value = values[field.name]
                if value != field.last:
                    self._take(field, value)
            for place, name in self._tokens:
                token = values[name]
                if not (token.isascii() and token.isalnum()):
                    raise errors.InputError("a token of a copy is damaged")
                written[place] = token.encode()
            for place, write in self._composed:
                written[place] = write(values).encode()
        except KeyError as missing:
            raise errors.InputError(f"a copy lacks the value '{missing.args[0]}'") from None
        filled: tuple[bytes, ...] = self._spread(written)
        return filled

    def pieces(self, filled: tuple[bytes, ...]) -> list[bytes]:
        """The pieces of a copy, to be joined: so that 23 KB are copied once, with what else goes on the wire."""
        pieces = self._pieces.copy()
        pieces[1::2] = filled
        return pieces

    def _take(self, field: _Field, value: str) -> None:
        """Write a field's value in all its encodings."""
        field.last = None  # until all of them are written
        plain = value.encode() if quoted.is_plain(value) else b""
        for place, fallback, encode in field.ways:
            self._written[place] = plain or encode(value or fallback).encode()
        field.last = value

    def needs_smtputf8(self, values: Values) -> bool:
        """Tell whether this member's copy has raw UTF-8 in its header and needs SMTPUTF8 (RFC 6531)."""
        return header.needs_smtputf8(values["email"])

    def _writer(self, slot: Slot) -> Callable[[Values], str]:
        """Return the function that writes a slot which is made of several values."""
        match slot.kind:
            case "to":
                return lambda values: header.mailbox(values["name"], values["email"], 4)
            case "subject":
                return lambda values: header.unstructured(self._subject_for(values), 9)
            case "attendee":
                return lambda values: calendar.attendee(values, octets=False)
            case "attendee-octets":
                return lambda values: calendar.attendee(values, octets=True)
            case "partstat":
                return calendar.partstat
            case "dtstamp":
                return lambda values: calendar.dtstamp(values["date"])
        return _occasion

    def _subject_for(self, values: Values) -> str:
        return "".join(
            (values[piece.name] or piece.fallback) if isinstance(piece, Slot) else piece
            for piece in self._subject
        )


def _alike(piece: str | Slot) -> str | Slot:
    """Letters and digits need no encoding anywhere, so that a token is the same in every part."""
    return Slot(piece.name) if isinstance(piece, Slot) and piece.name.startswith("token_") else piece


def _encoding(slot: Slot) -> Callable[[str], str] | None:
    """How a slot is encoded that is one value alone; None when it is made of several."""
    match slot.kind:
        case "text":
            return quoted.text_value
        case "html":
            return quoted.html_value
        case "raw":
            return _raw
    return None


def _raw(value: str) -> str:
    """A value of our own making (date, occasion): printable ASCII, or it is none of ours."""
    if not (value.isascii() and value.isprintable()):
        raise errors.InputError("a date or occasion of a copy is damaged")
    return value


def _occasion(values: Values) -> str:
    occasion = values.get("occasion", "")
    return "." + _raw(occasion) if occasion else ""


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
