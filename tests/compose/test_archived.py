"""An edition as a page of the archive: nobody's values, no address, no personal link, nothing that runs or fetches."""

import html.parser
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.compose import archived
from newsletter.core import errors
from tests.compose import composing

TOKEN = "a" * 40


def made(body: str, **changes: object) -> archived.Archived:
    """The page of an edition with this text."""
    return archived.archived(composing.written(body), composing.frame(**changes))


class Judge(html.parser.HTMLParser):
    """Notes every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def judged(page: str) -> list[str]:
    """What a page must not have: elements, attributes and targets that are not known to be harmless."""
    judge = Judge()
    judge.feed(page)
    known = (
        "p br strong em s a h2 h3 h4 h5 h6 ul ol li blockquote code hr table thead tbody tr th td img".split()
    )
    found = [tag for tag, _ in judge.seen if tag not in known]
    for tag, attributes in judge.seen:
        found += [f"{tag} {name}" for name in attributes if name not in ("href", "src", "alt", "width", "class", "scope", "start", "title")]  # fmt: skip
        target = attributes.get("href") or attributes.get("src") or "https:"
        found += [target] if not target.startswith(("http://", "https://", "https:", "pictures/")) else []
    return found


PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", '"><script>alert(1)</script>',
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](data:text/html,<script>)", "[a](vbscript:x)",
    "[a](&#106;avascript:alert(1))", "<base href=https://evil.example>", "<form action=https://evil.example>",
    "<meta http-equiv=refresh content=0>", "<math><mtext><img src=x onerror=x>", "[a](file:///etc/passwd)",
    '[a](https://x.example "t\\" onmouseover=alert(1)")', "| a |\n|:-:|\n| <b onclick=x> |", "<https://ok.example/\"onclick=x>",
    "`<script>`", "    <script>\n", "```\n<script>\n```", "<!--card--><script>", "[a][b]\n\n[b]: javascript:x",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_it_runs(payload: str) -> None:
    """T04: in the text, with a field before and behind it."""
    page = made(f"Dear {{{{ name }}}},\n\n{payload}\n\n{{{{ company }}}}")

    assert judged(page.html.replace(archived.CARD, "")) == []
    assert page.html.count(archived.CARD) == 1


def test_fields_are_filled_for_nobody() -> None:
    """Its fallback where there is one, else a word that fits anybody; the same in subject and summary."""
    page = archived.archived(
        composing.written(
            'Dear {{ first_name | "friend" }} {{ name }} <{{ company | "a@b.example" }}>, {{ email }}',
            subject="For {{ name }} of {{ company | 'us' }}",
        ),
        composing.frame(),
    )

    assert page.subject == page.title == "For reader of us"
    assert "Dear friend reader &lt;a (at) b (dot) example&gt;, your address" in page.html
    assert "zq" not in page.html + page.text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Write to <chair@example.org>.", "Write to chair (at) example (dot) org."),
        ("Write to chair@example.org.", "Write to chair (at) example (dot) org."),
        ("[me](mailto:chair@example.org?subject=x)", "me (chair (at) example (dot) org)"),
        ("`chair@example.org`", "<code>chair (at) example (dot) org</code>"),
        ("![](a.png)", 'alt=""'),
        ("![chair@example.org](a.png)", 'alt="chair (at) example (dot) org"'),
        ("[x](https://example.org/?to=chair@example.org)", "to=chair%40example.org"),
        (f"[leave](https://lists.example.org/leave/{TOKEN})", "<p>leave</p>"),
        (f"[leave](https://lists.example.org/leave/{TOKEN}/x)", "<p>leave</p>"),
        ("[join](https://lists.example.org/join/south)", 'href="https://lists.example.org/join/south"'),
        ("[slides](later:2018-07-10)", "slides (the link follows by 10 July 2018)"),
        ("| a | b |\n|--:|:-:|\n| 1 | 2 |", '<td class="right">1</td>'),
    ],
)  # fmt: skip
def test_what_a_page_says_instead(tmp_path: Path, written: str, read: str) -> None:
    """Addresses in words, nobody's link, no style, no promise turned into a link."""
    page = made(written, folder=composing.folder_with(tmp_path, a_png=composing.png()))

    assert read in page.html


def test_pictures_are_named_by_their_content(tmp_path: Path) -> None:
    """The same picture has one name for ever, another one never has it."""
    folder = composing.folder_with(tmp_path, a_png=composing.png(), b_png=composing.png(700))
    page = made("![A](a.png) ![B](b.png)", folder=folder)

    first, second = page.pictures
    assert f'src="pictures/{first.name}"' in page.html
    assert (first.type, first.data) == ("image/png", composing.png())
    assert first.name != second.name
    composing.folder_with(tmp_path, a_png=composing.png(700))
    assert made("![A](a.png)", folder=folder).pictures[0].name == second.name


def test_the_summary() -> None:
    """The preheader; without one the first paragraph that is more than a greeting, cut between words."""
    written = composing.written("Dear {{ name }},\n\n" + "word " * 80)

    told = archived.archived(written, composing.frame()).summary
    cut = archived.archived(replace(written, preheader=""), composing.frame()).summary

    assert told == "What we talked about in June, and when we meet next."
    assert cut.startswith("word word")
    assert cut.endswith("word …")
    assert len(cut) <= 242


@given(st.text(max_size=60), st.sampled_from(["", "`", "**", "> ", "* "]))
def test_no_address_survives(text: str, mark: str) -> None:
    """Whatever stands around it."""
    body = f"{mark}{text} chair@example.org {text}{mark.strip('> *') or ''}"
    try:
        page = made(body)
    except errors.EditionError:  # braces that are no field, or controls
        return

    found = page.html + page.text + page.summary + page.title
    assert not re.search(r"chair@example", found)
