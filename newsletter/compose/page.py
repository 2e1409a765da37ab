"""Templates to HTML and text: Jinja2 in its sandbox, then the styles written into the elements by premailer.

Templates get plain values, phrases and opaque slots; they can neither change nor call anything else. premailer runs
once for each distinct page and opens nothing: no network, no file, and @import is refused before it sees it.
"""

import os
import re
import string
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.compose import catalogue, columns, phrases, slots
from newsletter.core import errors

if TYPE_CHECKING:
    from jinja2 import Environment

_PAGE_LIMIT = 2_000_000  # characters
_SECONDS = 2.0  # a template that takes longer loops
_STYLE = re.compile(r"<style\b([^>]*)>(.*?)</style", re.IGNORECASE | re.DOTALL)
# In styles: any at-rule but @media, escapes (which could spell one), and whatever names a file.
_FETCHING_STYLE = re.compile(r"@(?!media\b)\w*|\\|url\(|expression\(|zq[0-9a-f]{16}x", re.IGNORECASE)
_FETCHED = re.compile(
    r"<(?:link|script|iframe|object|embed|base|form|input|svg|video|audio)\b|<meta[^>]+refresh", re.IGNORECASE
)
_REMOTE = re.compile(
    r"<img\b(?![^>]*\ssrc=[\"']cid:)[^>]*|\sstyle=(?:\"[^\"]*|'[^']*)(?:url\(|\\)", re.IGNORECASE
)


class Pages:
    """The templates of one message. `folders` are searched in order: a site's own before the shipped ones."""

    def __init__(self, folders: tuple[Path, ...], language: str) -> None:
        self._html = _environment(folders, True, language)
        self._text = _environment(folders, False, language)
        self._inlined: dict[str, str] = {}

    def html(self, template: str, values: Mapping[str, Any]) -> str:
        """Render `<template>.html` and write its styles into the elements."""
        page = _render(self._html, f"{template}.html", values)
        if page not in self._inlined:
            _check(page, template)
            self._inlined[page] = inline(page)
        return self._inlined[page]

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """Render `<template>.txt`; more than one blank line in a row becomes one."""
        page = _render(self._text, f"{template}.txt", values)
        lines = "\n".join(line.rstrip() for line in page.replace("\xa0", " ").split("\n"))
        return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def inline(page: str) -> str:
    """Write the rules of a page's first style element into its elements; ASCII comes out, the rest as references.

    The one place that knows premailer.
    """
    # Its cache of 128 entries is one for all its functions and is thrashed by a sheet of eighty rules.
    os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")
    import logging

    import premailer

    inliner = premailer.Premailer(
        page,
        allow_network=False,
        allow_loading_external_files=False,
        base_url=None,
        disable_basic_attributes=["width", "height"],
        disable_validation=True,
        keep_style_tags=False,
        remove_classes=False,
        # With its default, media rules that a site adds to the first block lose !important, and so to inlined colours.
        strip_important=False,
        cssutils_logging_level=logging.CRITICAL,
    )
    done = inliner.transform(encoding="us-ascii", pretty_print=False)
    return (done if isinstance(done, str) else done.decode("ascii")).rstrip("\n") + "\n"


def _environment(folders: tuple[Path, ...], is_html: bool, language: str) -> "Environment":
    import jinja2
    import jinja2.sandbox

    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        autoescape=is_html,
        undefined=jinja2.StrictUndefined,
        finalize=slots.reveal,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals = {"say": _speaker(language, is_html), "range": _short_range}
    environment.filters = {
        **{
            name: environment.filters[name]
            for name in ("default", "e", "escape", "first", "last", "length", "safe")
        },
        "wrap": columns.wrap,
        "underline": columns.underlined,
        "facts": columns.facts,
        "lines": _lines,
    }
    environment.intercepted_binops = frozenset(["*", "**", "%"])
    environment.call_binop = _bounded  # type: ignore[method-assign,assignment]
    environment.is_safe_attribute = _is_loop  # type: ignore[method-assign,assignment]
    return environment


def _lines(text: str) -> list[str]:
    """The lines of a plain text, for a template to write one under the other."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _render(environment: "Environment", name: str, values: Mapping[str, Any]) -> str:
    """Render a template, stopped when it grows or runs without end. Raises EditionError naming file and line."""
    import jinja2

    try:
        return "".join(_within_bounds(environment.get_template(name).generate(values), name))
    except jinja2.TemplateNotFound as problem:
        raise errors.EditionError(
            f"there is no template {problem.name}", "Look into the site's templates/mail folder."
        ) from None
    except jinja2.TemplateSyntaxError as problem:
        raise errors.EditionError(
            f"template {problem.name}, line {problem.lineno}: {problem.message}"
        ) from None
    except errors.EditionError as problem:
        raise errors.EditionError(f"{_place(problem, name)}: {problem.message}", problem.hint) from None
    except (
        jinja2.TemplateError,
        TypeError,
        ValueError,
        KeyError,
        AttributeError,
        ArithmeticError,
    ) as problem:
        raise errors.EditionError(f"{_place(problem, name)}: {problem}", "Correct the template.") from None


def _within_bounds(chunks: Iterator[str], name: str) -> Iterator[str]:
    size, start = 0, time.process_time()
    for chunk in chunks:
        size += len(chunk)
        if size > _PAGE_LIMIT or time.process_time() - start > _SECONDS:
            raise errors.EditionError(
                "the template makes too much text or takes too long", "Look for a loop in it."
            )
        yield chunk


def _place(problem: BaseException, name: str) -> str:
    """The template file and line in which something went wrong: the last frame that is a template's."""
    place, trace = f"template {name}", problem.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith((".html", ".txt")):
            place = f"template {Path(file).name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _speaker(language: str, is_html: bool) -> Any:
    """The `say` of templates: a phrase with plain values, markup or slots in its places."""
    import markupsafe

    def say(key: str, **values: Any) -> str:
        if key not in phrases.PHRASES:
            raise errors.EditionError(f"there is no phrase '{key}'", "See newsletter/compose/phrases.py.")
        pieces = []
        for literal, place, _, _ in string.Formatter().parse(catalogue.phrase(key, language)):
            pieces.append(literal)
            if place is not None:
                pieces.append(slots.reveal(values[place]))
        if is_html:
            return markupsafe.Markup("").join(pieces)
        return "".join(str(piece) for piece in pieces)

    return say


def _short_range(*arguments: int) -> range:
    found = range(*arguments)
    if len(found) > 1000:
        raise errors.EditionError("range() in a template has more than 1000 numbers")
    return found


def _bounded(_: Any, operator: str, left: Any, right: Any) -> Any:
    """Arithmetic of templates: whole numbers only, so that no operator makes a gigabyte."""
    if not (isinstance(left, int) and isinstance(right, int)) or operator == "**":
        raise errors.EditionError(f"'{operator}' in a template is for small numbers only")
    return left * right if operator == "*" else left % right


def _is_loop(value: Any, attribute: str, _: Any) -> bool:
    """Templates call no method and read no attribute but a loop's own (loop.first and so on)."""
    import jinja2.runtime

    return isinstance(value, jinja2.runtime.LoopContext) and not attribute.startswith("_")


def _check(page: str, template: str) -> None:
    """Refuse what would fetch something, here or at the reader's. Raises EditionError."""
    found = _FETCHED.search(page) or _REMOTE.search(page)
    if found is None:
        found = next(
            (bad for style in _STYLE.finditer(page) if (bad := _FETCHING_STYLE.search(style[2]))), None
        )
    if found is not None:
        raise errors.EditionError(
            f"template {template}.html holds '{found[0][:60]}', which mail must not",
            "Nothing in a mail may be fetched or run: no imports, links to style sheets, remote pictures or forms.",
        )
