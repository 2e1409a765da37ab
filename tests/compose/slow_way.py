"""The slow way to one member's mail, by the standard library alone: what stamping is held against."""

import html
import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from newsletter.compose import content, message, slots
from newsletter.compose.edition import Edition
from newsletter.compose.frame import Frame, Shape

# As the rule says it, not as the program does it: controls, separators and direction marks go, blanks become spaces.
_BLANK = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_GONE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(value: str) -> str:
    """A value as it may stand in a mail."""
    value = "".join(" " if character in _BLANK else character for character in value)
    return re.sub("[\ud800-\udfff]", "\ufffd", _GONE.sub("", value))


def line(value: str, limit: int) -> str:
    """A value as it stands in a header: one line, blanks single, cut to a sensible length."""
    value = " ".join(clean(value).split())
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def build(edition: Edition, frame: Frame, shape: Shape, values: Mapping[str, str]) -> EmailMessage:
    """Build one copy: render, put the values in, let the library encode it."""
    known = slots.Slots(message.digest(edition, frame))
    (composed,), _ = content.compose_edition(edition, frame, (shape,), known)

    def filled(text: str, escape: bool) -> str:
        done = []
        for piece in known.cut(text):
            if isinstance(piece, slots.Slot):
                value = clean(values[piece.name] or piece.fallback)
                done.append(
                    html.escape(value).encode("ascii", "xmlcharrefreplace").decode() if escape else value
                )
            else:
                done.append(piece)
        return "".join(done)

    built = EmailMessage(policy=SMTP)
    facts = frame.list_of(shape.lists[0])
    built["From"] = Address(facts.from_name, addr_spec=facts.from_address)
    built["To"] = Address(line(values["name"], 100), addr_spec=values["email"])
    subject = "".join(
        (values[piece.name] or piece.fallback) if isinstance(piece, slots.Slot) else piece
        for piece in known.cut(composed.subject)
    )
    built["Subject"] = line(subject, 250)
    built.set_content(filled(composed.text, False), cte="quoted-printable")
    built.add_alternative(filled(composed.html, True), subtype="html", cte="quoted-printable")
    return built
