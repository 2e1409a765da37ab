"""The chair's Markdown as one token stream, from which both the HTML and the text part are made.

CommonMark with tables and strikethrough; HTML in it is shown as text, never passed on. Fields become slot tokens
before the parser sees them, so that no rule of Markdown touches a member's words.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from newsletter.compose import catalogue, fields, slots
from newsletter.core import errors

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_QUOTES = {"en": ["“", "”", "‘", "’"], "de": ["„", "“", "‚", "‘"], "fr": ["«\xa0", "\xa0»", "‹\xa0", "\xa0›"]}
_LATER = re.compile(r"later:(\d{4}-\d{2}-\d{2})?").fullmatch
LINK = "link_open"
_LEAD_BLOCKS = 2
_MAX_NESTING = 20


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written: its target, its words, the line of the file."""

    href: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as written: its file name, its description, the line of the file."""

    src: str
    alt: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text. `title` is its leading # heading as plain text, empty when there is none."""

    title: str
    tokens: tuple["Token", ...]
    links: tuple[Link, ...]
    later: tuple[Link, ...]
    pictures: tuple[Picture, ...]

    def split(self) -> tuple[list["Token"], list["Token"]]:
        """Cut into the lead (at most two blocks before the first heading) and the rest."""
        blocks = 0
        for index, token in enumerate(self.tokens):
            if token.level == 0 and token.nesting >= 0 and (token.tag[:1] == "h" or blocks == _LEAD_BLOCKS):
                return list(self.tokens[:index]), list(self.tokens[index:])
            blocks += token.level == 0 and token.nesting <= 0
        return list(self.tokens), []


def parse(body: str, name: str, first_line: int, language: str, country: str, known: slots.Slots) -> Document:
    """Parse the Markdown of an edition. Raises EditionError for what is no field, or a field inside a link."""
    text = fields.replace(body, lambda slot: known.token(slot.name, slot.fallback), name, first_line)
    tokens = _parser(language).parse(text)
    _check_depth(tokens, name, first_line)
    reader = _Reader(name, first_line, language, country, known)
    for token in tokens:
        reader.take(token)
    title, tokens = _without_title(tokens)
    _level_headings(tokens)
    return Document(title, tuple(tokens), tuple(reader.links), tuple(reader.later), tuple(reader.pictures))


def outline(body: str, language: str) -> list[tuple[str, str]]:
    """The text as a flat list of (kind, content); a link's or picture's content is its target. For comparing two texts."""
    found: list[tuple[str, str]] = []
    for token in _parser(language).parse(body):
        for piece in (token, *(token.children or ())):
            target = piece.attrGet("href") or piece.attrGet("src")
            found.append(
                (piece.type, str(target) if target else "" if piece.type == "inline" else piece.content)
            )
    return found


def _check_depth(tokens: list["Token"], name: str, first_line: int) -> None:
    """Refuse what the parser would drop without a word: it reads lists and quotes only so deep."""
    for token in tokens:
        if token.level >= _MAX_NESTING - 2:
            line = first_line + (token.map or [0])[0]
            raise errors.EditionError(
                f"{name}, line {line}: lists or quotes are nested too deep",
                "Eight lists in one another are the most.",
            )


@lru_cache
def _parser(language: str) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    options = {"html": False, "typographer": True, "quotes": _QUOTES[language], "maxNesting": _MAX_NESTING}
    parser = MarkdownIt("commonmark", options)
    parser.enable(["table", "strikethrough", "smartquotes", "replacements"])
    for kind in ("fence", "code_block"):
        parser.add_render_rule(kind, _code)
    return parser


def _code(_renderer: object, tokens: "Sequence[Token]", index: int, _options: object, _env: object) -> str:
    """Write a code block as lines of a paragraph: Outlook for Windows cannot wrap a pre element."""
    lines = html.escape(tokens[index].content.rstrip("\n")).replace("\t", "    ").split("\n")
    kept = (re.sub("^ +", lambda blanks: "&nbsp;" * len(blanks[0]), line) for line in lines)
    return f'<p class="code">{"<br>".join(kept)}</p>\n'


class _Reader:
    """Goes over the stream once: notes links and pictures, writes out the "links follow" markers."""

    def __init__(self, name: str, first_line: int, language: str, country: str, known: slots.Slots) -> None:
        self.name, self.first_line = name, first_line
        self.language, self.country = language, country
        self.known = known
        self.links: list[Link] = []
        self.later: list[Link] = []
        self.pictures: list[Picture] = []
        self.line = first_line

    def take(self, token: "Token") -> None:
        if token.map:
            self.line = self.first_line + token.map[0]
        if token.type == "table_open":
            token.attrSet("class", "data")
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.children:
            token.children = self._inline(token.children)

    def _inline(self, children: list["Token"]) -> list["Token"]:
        done: list[Token] = []
        ending = ""
        line = self.line
        for index, child in enumerate(children):
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            if child.type == "link_open":
                ending = self._link(child, words_of(children[index + 1 :]), line)
            elif child.type == "image":
                self._picture(child, line)
            if child.type == "link_open" and ending:
                continue
            if child.type == "link_close" and ending:
                child.type, child.tag, child.nesting, child.content = "text", "", 0, ending
                ending = ""
            done.append(child)
        return done

    def _link(self, token: "Token", text: str, line: int) -> str:
        """Note a link; return the words that stand for it when its target is still to come."""
        href = str(token.attrGet("href") or "")
        self._refuse_field(href, "a link", line)
        link = Link(href, self.known.shown(text), line)
        if not href.startswith("later:"):
            self.links.append(link)
            return ""
        found = _LATER(href)
        if found is None:
            raise errors.EditionError(
                f"{self.name}, line {line}: '{href}' is no date", "Write [slides](later:2018-07-10)."
            )
        self.later.append(link)
        return " " + catalogue.link_follows(found[1] or "", self.language, self.country)

    def _picture(self, token: "Token", line: int) -> None:
        src = str(token.attrGet("src") or "")
        self._refuse_field(src, "a picture's name", line)
        self.pictures.append(Picture(src, self.known.shown(words_of(token.children or [])), line))

    def _refuse_field(self, target: str, what: str, line: int) -> None:
        if self.known.holds_token(target):
            raise errors.EditionError(
                f"{self.name}, line {line}: a field cannot stand inside {what}",
                "Links are the same for everybody and never carry a member's data.",
            )


def words_of(tokens: list["Token"]) -> str:
    """The plain words of inline tokens, up to the end of the link they stand in."""
    words = []
    for token in tokens:
        if token.type == "link_close":
            break
        words.append(words_of(token.children or []) if token.type == "image" else token.content)
        if token.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return "".join(words)


def _without_title(tokens: list["Token"]) -> tuple[str, list["Token"]]:
    if len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return words_of(tokens[1].children or []), tokens[3:]
    return "", tokens


def _level_headings(tokens: list["Token"]) -> None:
    """Let the headings begin at h2 and never skip a level: the mail's own title is its one h1."""
    found = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    top = min((int(token.tag[1]) for token in found), default=1)
    before = 1
    for token in found:
        if token.type == "heading_open":
            before = min(int(token.tag[1]) - top + 2, before + 1, 6)
        token.tag = f"h{before}"


def to_html(tokens: list["Token"], language: str, shown: Mapping[str, "Shown"]) -> str:
    """Write tokens as HTML. `shown` says for each picture's name where it is and how wide."""
    parser = _parser(language)
    for token in tokens:
        for child in token.children or []:
            if child.type == "image":
                picture = shown.get(str(child.attrGet("src") or ""))
                if picture is not None:
                    child.attrs = {"src": picture.src, "alt": "", "width": picture.width, "class": "pic"}
    return str(parser.renderer.render(tokens, parser.options, {})).replace(" />", ">")


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a picture is found (cid:...) and how many pixels wide it is shown."""

    src: str
    width: int
