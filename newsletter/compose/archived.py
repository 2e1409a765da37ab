"""An edition as a page of the archive: nobody's own values, no personal link, and no address that a machine could harvest.

The HTML has classes and no styles (the pages' policy allows none inline); pictures stand under pictures/, beside the page.
"""

import hashlib
import html
import itertools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter.compose import catalogue, fields, markdown, pictures
from newsletter.compose.edition import Edition
from newsletter.compose.frame import Frame
from newsletter.compose.slots import Slot, Slots

if TYPE_CHECKING:
    from markdown_it.token import Token

SUMMARY_LIMIT = 240  # characters
CARD = "<!--card-->"  # between the lead and the rest, where a mail has the next meeting
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+", re.UNICODE)
# A path of ours with a token in it opens or changes something for one person.
_PERSONAL = re.compile(r"/[a-z2-7]{40}(?:/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture under a name made of its content, so that a name never shows another picture."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Archived:
    """What the archive keeps of an edition. `text` is for the search; `attached` are names only."""

    subject: str
    title: str
    summary: str
    html: str
    text: str
    pictures: tuple[Picture, ...]
    attached: tuple[str, ...]


def archived(edition: Edition, frame: Frame) -> Archived:
    """Make the page of an edition. Raises EditionError."""
    known = Slots(hashlib.sha256(edition.body.encode()).hexdigest())
    document = markdown.parse(
        edition.body, edition.name, edition.body_line, frame.language, frame.country, known
    )
    shown = pictures.pictures([picture.src for picture in document.pictures], frame.folder)
    kept = {file.name: Picture(_name(file), file.type, file.data) for file in shown}
    for token in document.tokens:
        _clean(token, frame)
    lead, rest = document.split()
    plain = "\n\n".join(
        " ".join(markdown.words_of(token.children).split()) for token in document.tokens if token.children
    )
    places = {
        file.name: markdown.Shown(f"pictures/{kept[file.name].name}", min(file.width, pictures.SHOWN_WIDTH))
        for file in shown
    }
    body = CARD.join(markdown.to_html(part, frame.language, places) for part in (lead, rest))
    subject = neutral(edition.subject, frame.language)
    return Archived(
        subject=subject,
        title=_filled(known, document.title, frame.language) or subject,
        summary=_summary(edition, _filled(known, plain, frame.language), frame.language),
        html=_filled(known, body, frame.language, escape=True),
        text=_filled(known, plain, frame.language),
        pictures=tuple(kept.values()),
        attached=edition.attach,
    )


def neutral(line: str, language: str) -> str:
    """A line of the chair's with its fields as they are said to nobody, its addresses in words."""
    return obfuscated(fields.replace(line, lambda slot: _said(slot, language), "subject"), language)


def obfuscated(plain: str, language: str) -> str:
    """Write the addresses of a text in words: chair (at) example (dot) org."""
    at, dot = catalogue.say("archive_at", language), catalogue.say("archive_dot", language)
    return _ADDRESS.sub(lambda found: f" {dot} ".join(f" {at} ".join(found[0].split("@")).split(".")), plain)


def _said(slot: Slot, language: str) -> str:
    """What stands for a field: its fallback, else a word that fits anybody."""
    if slot.fallback:
        return obfuscated(slot.fallback, language)
    key = {"name": "reader", "first_name": "reader", "email": "address"}.get(slot.name, "field")
    return catalogue.say(f"archive_{key}", language)


def _filled(known: Slots, made: str, language: str, *, escape: bool = False) -> str:
    """A rendered text with its slots filled for nobody in particular."""
    pieces = []
    for piece in known.cut(made):
        said = _said(piece, language) if isinstance(piece, Slot) else piece
        pieces.append(html.escape(said) if escape and isinstance(piece, Slot) else said)
    return "".join(pieces)


def _clean(token: "Token", frame: Frame) -> None:
    """Take out of a token what a page must not carry: addresses, links that are somebody's, styles."""
    align = str(token.attrs.pop("style", ""))
    if align.startswith("text-align:"):
        token.attrSet("class", align.removeprefix("text-align:"))
    if token.type in ("fence", "code_block"):
        token.content = obfuscated(token.content, frame.language)
    if token.children:
        token.children = _inline(token.children, frame)


def _inline(children: list["Token"], frame: Frame) -> list["Token"]:
    done, ending = [], None
    for child in children:
        if child.type == "link_open":
            ending = _ending(child, frame)
            if ending is None:
                target = str(child.attrGet("href"))
                child.attrs = {"href": _ADDRESS.sub(lambda found: found[0].replace("@", "%40"), target)}
            else:
                continue
        elif child.type == "link_close" and ending is not None:
            child.type, child.tag, child.nesting, child.content = "text", "", 0, ending
            ending = None
        elif child.type in ("text", "code_inline"):
            child.content = obfuscated(child.content, frame.language)
        elif child.children:
            child.children = _inline(child.children, frame)
        done.append(child)
    return _without_doubles(done)


def _without_doubles(tokens: list["Token"]) -> list["Token"]:
    """An address whose words were the address itself is not said twice."""
    for before, after in itertools.pairwise(tokens):
        if after.type == "text" and after.content == f" ({before.content})":
            after.content = ""
    return tokens


def _ending(link: "Token", frame: Frame) -> str | None:
    """What is said in place of a link that no page carries; None where the link may stand."""
    target = str(link.attrGet("href") or "")
    parts = urlsplit(target)
    if parts.scheme == "mailto":
        return f" ({obfuscated(parts.path, frame.language)})"
    own = frame.base_url and target.startswith(frame.base_url) and _PERSONAL.search(parts.path)
    return None if parts.scheme in ("http", "https") and parts.hostname and not own else ""


def _name(file: pictures.File) -> str:
    return f"{hashlib.sha256(file.data).hexdigest()[:32]}{Path(file.name).suffix.lower()}"


def _summary(edition: Edition, plain: str, language: str) -> str:
    """The preheader; without one the beginning of the first paragraph that is more than a greeting."""
    if edition.preheader:
        return neutral(edition.preheader, language)
    paragraphs = [" ".join(part.split()) for part in plain.split("\n\n")]
    found = next((part for part in paragraphs if len(part) > 60), paragraphs[0] if paragraphs else "")
    return found if len(found) <= SUMMARY_LIMIT else found[:SUMMARY_LIMIT].rsplit(" ", 1)[0] + " …"
