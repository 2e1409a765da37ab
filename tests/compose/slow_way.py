"""The slow way to one member's mail, by the standard library alone: what stamping is held against."""

import html
import re
from collections.abc import Callable, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from newsletter.compose import content, message, slots
from newsletter.compose.edition import Edition
from newsletter.compose.frame import Frame, Shape

# Folding a long foreign subject, the library of Python 3.11 loses a blank between encoded-words; unfolded it does not.
UNFOLDED = SMTP.clone(max_line_length=100_000)

# As the rule says it, not as the program does it: controls, separators, direction marks and half surrogates go, blanks become spaces.
_BLANK = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_GONE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def clean(value: str) -> str:
    """A value as it may stand in a mail."""
    value = "".join(" " if character in _BLANK else character for character in value)
    return _GONE.sub("", value)


def line(value: str, limit: int) -> str:
    """A value as it stands in a header: one line, blanks single, cut to a sensible length."""
    value = " ".join(clean(value).split())
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


class SlowWay:
    """One edition for one shape, rendered; each copy is then built and encoded by the library."""

    def __init__(self, edition: Edition, frame: Frame, shape: Shape) -> None:
        self.known = slots.Slots(message.digest(edition, frame))
        (self.composed,), _ = content.compose_edition(edition, frame, (shape,), self.known)
        self.facts = frame.list_of(shape.lists[0])

    def names(self, values: Mapping[str, str]) -> tuple[str, str, str]:
        """The display name, address and subject that the header must say."""
        subject = line(self._filled(self.composed.subject, values, str), 250)
        return line(values["name"], 100), values["email"], subject

    def build(self, values: Mapping[str, str]) -> EmailMessage:
        """Build one member's copy."""
        name, address, subject = self.names(values)
        built = EmailMessage(policy=UNFOLDED)
        built["From"] = Address(self.facts.from_name, addr_spec=self.facts.from_address)
        built["To"] = Address(name, addr_spec=address)
        built["Subject"] = subject
        built.set_content(self._filled(self.composed.text, values, clean), cte="quoted-printable")
        page = self._filled(self.composed.html, values, _escaped)
        built.add_alternative(page, subtype="html", cte="quoted-printable")
        return built

    def _filled(self, text: str, values: Mapping[str, str], write: Callable[[str], str]) -> str:
        return "".join(
            write(values[piece.name] or piece.fallback) if isinstance(piece, slots.Slot) else piece
            for piece in self.known.cut(text)
        )


def _escaped(value: str) -> str:
    return html.escape(clean(value)).encode("ascii", "xmlcharrefreplace").decode()
