"""Make a page: a template of templates/pages/ (a site overrides file by file), in a language, with plain values."""

import base64
import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter import settings, shipped, site
from newsletter.web import links, phrases

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Page:
    """What a visitor gets: a status and the whole HTML (or a file)."""

    content: str | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "text/html"


# A page still to be made: made after the commit, so that no write waits for a template.
View = Callable[[], Page]


def page(
    opened: site.Site, template: str, language: str, status: int = 200,
    own: settings.SiteSettings | None = None, **values: Any,
) -> Page:  # fmt: skip
    """Fill a template with plain values; all of them are escaped. `own` are the settings of the list it is about."""
    words = phrases.of(language)
    environment = _environment(opened.root)
    said = own or opened.config.site
    html = environment.get_template(template).render(
        say=words,
        language=language,
        style=style(opened.root),
        icon=links.to(opened, "/icon.svg"),
        site_name=said.name,
        postal_address=said.postal_address or "",
        contact=said.contact,
        **values,
    )
    return Page(html, status)


def page_for(
    opened: site.Site, template: str, language: str, own: Mapping[str, str], **shared: str | tuple[str, ...]
) -> Page:
    """Fill a template that is asked for by the thousand: `own` values, put into a page kept for the shared ones.

    The template may ask of an own value only whether it is empty.
    """
    marks = {name: chr(0xE000 + number) if own[name] else "" for number, name in enumerate(sorted(own))}
    said = opened.config.site
    key = (
        opened.root, said.base_url, said.name, said.postal_address, said.contact, template, language,
        tuple(marks.items()), tuple(sorted(shared.items())),
    )  # fmt: skip
    if key not in _KEPT:
        if len(_KEPT) >= KEPT:
            _KEPT.clear()
        values: dict[str, Any] = {**marks, **shared}
        _KEPT[key] = str(page(opened, template, language, **values).content)
    html = _KEPT[key]
    for name, mark in marks.items():
        html = html.replace(mark, escape(own[name])) if mark else html
    return Page(html)


KEPT = (
    64  # pages kept without what differs from person to person; a letter for private use stands in its place
)
_KEPT: dict[tuple[object, ...], str] = {}


def prepare(opened: site.Site) -> None:
    """Read all templates in, so that no visitor waits for it."""
    environment = _environment(opened.root)
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


def told(
    opened: site.Site,
    language: str,
    title: str,
    *texts: str,
    status: int = 200,
    link: tuple[str, str] = ("", ""),
) -> Page:
    """A page that only says something; `link` is a way on, as address and label."""
    return page(opened, "told.html", language, status, title=title, texts=texts, link=link[0], label=link[1])


def error_page(opened: site.Site, name: str, status: int, headers: Mapping[str, str] | None = None) -> Page:
    """A page that says that something did not work: `name` is missing, busy, refused, form, slow, large or broken."""
    words = phrases.of(opened.config.site.language)
    title, text = words[f"{name}_title"], words[f"{name}_text"]
    made = page(opened, "sorry.html", opened.config.site.language, status, title=title, text=text)
    return Page(made.content, status, headers or {})


@functools.cache
def _environment(root: Path) -> "Environment":
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    folders = [root / "templates" / "pages", shipped.folder("templates") / "pages"]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    environment.filters["fill"] = fill
    return environment


def fill(phrase: str, **values: str) -> "Markup":
    """Put values into a phrase's places, in bold; both are escaped."""
    from markupsafe import Markup, escape

    strong = {name: Markup("<strong>{}</strong>").format(value) for name, value in values.items()}
    return escape(phrase).format(**strong)


@functools.cache
def style(root: Path) -> str:
    """The style sheet, as it stands in every page."""
    return _file(root, "style.css")


@functools.cache
def icon(root: Path) -> Page:
    """The picture that browsers show beside a page's title."""
    return Page(_file(root, "icon.svg"), media_type="image/svg+xml")


def _file(root: Path, name: str) -> str:
    own = root / "templates" / "pages" / name
    file = own if own.is_file() else shipped.folder("templates") / "pages" / name
    return file.read_text(encoding="utf-8")


def script(opened: site.Site, name: str) -> Page:
    """A script of ours, for the few pages that must work without a network. A worker goes by the policy it comes with."""
    return with_script(opened, Page(_script(opened.root, name), media_type="text/javascript"))


@functools.cache
def _script(root: Path, name: str) -> str:
    return _file(root, name)


def paper(content: bytes) -> Page:
    """A paper to print, which brings its own style sheet: that one alone may be used."""
    text = content.decode()
    own = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    rules = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
    return Page(text, headers={"content-security-policy": rules})


def with_script(opened: site.Site, made: Page) -> Page:
    """The page with a policy under which scripts of our own files run, and may ask us and nobody else."""
    more = "; script-src 'self'; connect-src 'self'; worker-src 'self'"
    return replace(made, headers={**made.headers, "content-security-policy": policy(opened.root) + more})


@functools.cache
def policy(root: Path) -> str:
    """The Content-Security-Policy: our one style sheet by its hash, forms to ourselves, nothing else."""
    digest = base64.b64encode(hashlib.sha256(style(root).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
