"""What an amendment of a text does to the links that were promised: which are kept, which wait, which are dropped."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter.compose import markdown, slots
from newsletter.compose.edition import Edition

LATER = "later:"


@dataclass(frozen=True, slots=True)
class Promise:
    """A link that is still to come: its words, and the date by which (YYYY-MM-DD, empty without one)."""

    words: str
    due: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a promise. `url` where it is kept, `due` where it is still open."""

    promise: Promise
    state: Literal["open", "kept", "dropped"]
    url: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a new text does: the fate of each promise of the old one, promises that are new, and whether anything but
    promised links differs."""

    fates: tuple[Fate, ...]
    new: tuple[Promise, ...]
    corrected: bool


def promised(edition: Edition, language: str) -> tuple[Promise, ...]:
    """The links that a text promises, in their order."""
    return tuple(Promise(link.text, link.href.removeprefix(LATER)) for link in _read(edition, language).later)


def change(before: Edition, after: Edition, language: str) -> Change:
    """Compare two versions of an edition's text. Raises EditionError for a text that cannot be read."""
    promises = promised(before, language)
    old, new = (markdown.outline(one.body, language) for one in (before, after))
    if _differ_in_promises_alone(old, new):
        targets = [there for here, there in zip(old, new, strict=True) if here[1].startswith(LATER)]
        fates = tuple(_fate(one, href) for one, (_, href) in zip(promises, targets, strict=True))
        return Change(fates, (), False)
    fates, fresh = _by_words(before, after, promises, language)
    return Change(fates, fresh, True)


def _read(edition: Edition, language: str) -> markdown.Document:
    known = slots.Slots("0" * 16)
    return markdown.parse(edition.body, edition.name, edition.body_line, language, "", known)


def _differ_in_promises_alone(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> bool:
    """Whether two outlines are the same but for the targets of links that were promised."""
    return len(old) == len(new) and all(
        here == there or (here[0] == there[0] == markdown.LINK and here[1].startswith(LATER))
        for here, there in zip(old, new, strict=True)
    )


def _fate(promise: Promise, href: str) -> Fate:
    if href.startswith(LATER):
        return Fate(promise, "open", due=href.removeprefix(LATER))
    return Fate(promise, "kept", url=href)


def _by_words(
    before: Edition, after: Edition, promises: tuple[Promise, ...], language: str
) -> tuple[tuple[Fate, ...], tuple[Promise, ...]]:
    """The fates in a text that is changed elsewhere too: a promise is found again by its words."""
    document = _read(after, language)
    waiting = [(link.text, link.href) for link in document.later]
    known = Counter((link.text, link.href) for link in _read(before, language).links)
    links = list((Counter((link.text, link.href) for link in document.links) - known).elements())
    fates = []
    for promise in promises:
        found = next((one for rest in (waiting, links) for one in rest if one[0] == promise.words), None)
        if found is None:
            fates.append(Fate(promise, "dropped"))
            continue
        (waiting if found in waiting else links).remove(found)
        fates.append(_fate(promise, found[1]))
    return tuple(fates), tuple(Promise(words, href.removeprefix(LATER)) for words, href in waiting)
