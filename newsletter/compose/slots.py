"""Slots: where a member's own words will stand in a message that is otherwise the same for many.

While a message is composed, a slot is a token of small letters and digits that no Markdown rule, autoescape,
XML parser or URL escaper changes. The token begins with a hash over the whole text it stands in, so that no text can
contain it by intent. Afterwards the text is cut at its tokens, once, and a member's words never meet a parser.

Templates get an `Opaque` for each slot. It can be put out and nothing else: a template that compared, filtered or
measured it would decide by the token and not by the member's words, so all that raises.
"""

import re
from dataclasses import dataclass
from typing import Any, NoReturn

from newsletter.core import errors

# Any token of any message, for measuring lines that hold one.
TOKEN = re.compile(r"zq[0-9a-f]{16}x\d+x")


@dataclass(frozen=True, slots=True)
class Slot:
    """A hole in a message: the value it takes, what stands there when that is empty, and how it is encoded.

    `kind` is empty while composing; in a frozen message it is raw, text, html, to, subject, occasion, blob
    or one of a calendar entry (dtstamp, partstat, attendee, attendee-octets).
    """

    name: str
    fallback: str = ""
    kind: str = ""


class Opaque:
    """A slot as a template sees it: it can be put out, and everything else is refused."""

    __slots__ = ("_name", "_token")

    def __init__(self, name: str, token: str) -> None:
        self._name = name
        self._token = token

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise errors.EditionError(
            f"a template tests, filters or joins '{self._name}', which differs from member to member",
            "Put the value out as it is; test only flags such as shape.first.",
        )

    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __call__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __str__ = __repr__ = __format__ = __bytes__ = __int__ = __float__ = __index__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __sub__ = _refuse


def reveal(value: Any) -> Any:
    """Give a template's output the token of an Opaque; anything else passes."""
    return value._token if isinstance(value, Opaque) else value


class Slots:
    """All slots of one message, numbered as they are met."""

    def __init__(self, digest: str) -> None:
        self.prefix = "zq" + digest[:16]
        self._slots: list[Slot] = []
        self._token = re.compile(self.prefix + r"x(\d+)x")
        self._trace = re.compile(self.prefix[:12], re.IGNORECASE)

    def token(self, name: str, fallback: str = "") -> str:
        """Return the token that stands for a slot."""
        slot = Slot(name, fallback)
        if slot not in self._slots:
            self._slots.append(slot)
        return f"{self.prefix}x{self._slots.index(slot)}x"

    def opaque(self, name: str) -> Opaque:
        """Return the slot as a template may see it."""
        return Opaque(name, self.token(name))

    def cut(self, text: str) -> list[str | Slot]:
        """Cut a text at its tokens: fixed, slot, fixed, ..., fixed. Raises EditionError when a token was damaged."""
        pieces: list[str | Slot] = list(self._token.split(text))
        if any(self._trace.search(str(fixed)) for fixed in pieces[0::2]):
            raise errors.EditionError(
                "a template changes a value that differs from member to member",
                "Put the value out as it is, without a filter.",
            )
        pieces[1::2] = [self._slots[int(str(number))] for number in pieces[1::2]]
        return pieces

    def holds_token(self, text: str) -> bool:
        """Tell whether a text holds any slot."""
        return self.prefix in text

    def shown(self, text: str) -> str:
        """Write a text with its slots as {{ name }}, for messages to a person."""
        return self._token.sub(lambda found: "{{ " + self._slots[int(found[1])].name + " }}", text)
