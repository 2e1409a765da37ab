"""The frozen message: everything of a mail but its members' own values, once for each shape, as JSON.

`freeze` composes; what it returns is stored and later stamped. Sending needs no template, no Markdown and no CSS.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from newsletter.compose import edition as editions
from newsletter.compose.frame import Frame, Shape
from newsletter.compose.slots import Slot
from newsletter.core import errors, words

_VERSION = 1
# Slots that the program fills and no member's field: the rest are fields.
_OURS = frozenset(["", "date", "since", "source", "@occasion"])


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is stored.

    `skeletons[i]` belongs to `shapes[i]`: fixed, slot, fixed, ..., fixed. `subject` is cut the same way, not yet encoded.
    `blobs` are the base64 bodies of pictures and attachments; `html_octets` the size of each shape's HTML.
    `fields` are the member's fields used anywhere; `required` those of them that stand somewhere without a fallback.
    """

    mail_class: words.MailClass
    kind: str
    subject: tuple[str | Slot, ...]
    shapes: tuple[Shape, ...]
    skeletons: tuple[tuple[str | Slot, ...], ...]
    blobs: tuple[str, ...]
    html_octets: tuple[int, ...]
    fields: tuple[str, ...]
    required: tuple[str, ...]

    @property
    def purposes(self) -> tuple[str, ...]:
        """The purposes of the tokens that a copy needs, such as leave, me, return."""
        names = {piece.name for skeleton in self.skeletons for piece in skeleton if isinstance(piece, Slot)}
        return tuple(sorted(name.removeprefix("token_") for name in names if name.startswith("token_")))

    def subject_shown(self) -> str:
        """The subject as a person reads it, with its fields as {{ name }}."""
        return "".join(
            f"{{{{ {piece.name} }}}}" if isinstance(piece, Slot) else piece for piece in self.subject
        )

    def shape_number(self, shape: Shape) -> int:
        """Return the number under which a delivery names its shape. Raises NotFoundError."""
        if shape not in self.shapes:
            raise errors.NotFoundError(f"the message was not composed for {shape}")
        return self.shapes.index(shape)

    def to_json(self) -> str:
        """Write the message as JSON text."""
        return json.dumps(
            {
                "version": _VERSION,
                "class": self.mail_class,
                "kind": self.kind,
                "subject": [_plain(piece) for piece in self.subject],
                "shapes": [list(astuple(shape)) for shape in self.shapes],
                "skeletons": [[_plain(piece) for piece in skeleton] for skeleton in self.skeletons],
                "blobs": self.blobs,
                "html_octets": self.html_octets,
                "fields": self.fields,
                "required": self.required,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> "Message":
        """Read what `to_json` wrote. Raises StorageError for anything else."""
        try:
            return _read(json.loads(text))
        except (ValueError, KeyError, TypeError) as problem:
            raise errors.StorageError(
                f"a stored message cannot be read: {problem}",
                "The database is damaged, or newer than the program.",
            ) from problem


def freeze(edition: editions.Edition, frame: Frame, shapes: Sequence[Shape]) -> Message:
    """Compose an edition for each shape. Raises EditionError, or RefusedError without shapes."""
    from newsletter.compose import content

    if not shapes:
        raise errors.RefusedError(
            "nobody would get this edition", "See who is on the list: newsletter member list"
        )
    return content.freeze_edition(edition, frame, tuple(shapes))


def freeze_answer(
    template: str,
    mail_class: words.MailClass,
    frame: Frame,
    shapes: Sequence[Shape],
    values: Mapping[str, Any] | None = None,
    *,
    about: str = "",
) -> Message:
    """Compose a mail that is a template alone (confirm, welcome, goodbye, fresh ...) from plain values.

    Its subject is the phrase `<template>_subject`, which may hold `about`: the subject of what it is about, with its
    fields. Raises EditionError.
    """
    from newsletter.compose import content

    return content.freeze_answer(template, mail_class, frame, tuple(shapes), values or {}, about)


def digest(*parts: object) -> str:
    """A hash over all that a message is made of: no text can contain its own hash, so slot tokens are built on it."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()


def of_skeletons(
    mail_class: words.MailClass,
    kind: str,
    subject: Sequence[str | Slot],
    shapes: tuple[Shape, ...],
    skeletons: Sequence[Sequence[str | Slot]],
    *,
    blobs: Sequence[str],
    html_octets: Sequence[int],
) -> Message:
    """Put a message together and note which fields it uses."""
    found = [piece for pieces in (subject, *skeletons) for piece in pieces if isinstance(piece, Slot)]
    used = [slot for slot in found if slot.kind != "blob" and slot.name not in _OURS]
    fields = [slot for slot in used if not slot.name.startswith(("token_", "@"))]
    return Message(
        mail_class=mail_class,
        kind=kind,
        subject=tuple(subject),
        shapes=shapes,
        skeletons=tuple(tuple(skeleton) for skeleton in skeletons),
        blobs=tuple(blobs),
        html_octets=tuple(html_octets),
        fields=tuple(dict.fromkeys(slot.name for slot in fields)),
        required=tuple(dict.fromkeys(slot.name for slot in fields if not slot.fallback)),
    )


def _plain(piece: str | Slot) -> str | list[str]:
    return [piece.name, piece.fallback, piece.kind] if isinstance(piece, Slot) else piece


def _piece(value: Any) -> str | Slot:
    return value if isinstance(value, str) else Slot(*value)


def _read(found: dict[str, Any]) -> Message:
    if found["version"] != _VERSION:
        raise ValueError(f"version {found['version']}")
    return Message(
        mail_class=found["class"],
        kind=found["kind"],
        subject=tuple(map(_piece, found["subject"])),
        shapes=tuple(Shape(tuple(lists), *rest) for lists, *rest in found["shapes"]),
        skeletons=tuple(tuple(map(_piece, skeleton)) for skeleton in found["skeletons"]),
        blobs=tuple(found["blobs"]),
        html_octets=tuple(found["html_octets"]),
        fields=tuple(found["fields"]),
        required=tuple(found["required"]),
    )
