"""Templates: one inlining a distinct page, no way out of the sandbox, slots that cannot be tested, nothing fetched."""

import html
import re
import string
from pathlib import Path

import pytest

from newsletter import shipped
from newsletter.compose import message, page, phrases
from newsletter.compose.frame import Shape
from newsletter.core import errors
from tests.compose import composing


def overridden(tmp_path: Path, **files: str) -> message.Message:
    """A recap composed with a site's own templates (foot_html=... becomes foot.html)."""
    mail = tmp_path / "mail"
    mail.mkdir()
    for name, content in files.items():
        (mail / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return composing.frozen(None, composing.frame(templates=(tmp_path, shipped.folder("templates"))))


def test_premailer_runs_once_for_each_distinct_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five shapes that make three different pages cost three inlinings."""
    pages: list[str] = []
    real = page.inline
    monkeypatch.setattr(page, "inline", lambda text: (pages.append(text), real(text))[1])
    shapes = [
        composing.ON_SOUTH,
        composing.FIRST,
        Shape(("south-hants-it",), "implied"),
        composing.ON_SOUTH,
        composing.FIRST,
    ]

    frozen = message.freeze(composing.written(), composing.frame(), shapes)

    assert len(pages) == len(set(pages)) == 3
    assert frozen.skeletons[0] == frozen.skeletons[3] != frozen.skeletons[1] == frozen.skeletons[4]


def test_a_site_overrides_file_by_file(tmp_path: Path) -> None:
    """A footer in the site's folder takes the shipped one's place; all else stays."""
    mail = composing.copy(overridden(tmp_path, foot_html='<p><a href="{{ leave }}">Off you go</a></p>'))

    html = composing.part(mail, "html")
    assert "Off you go" in html
    assert "Next meeting" in html
    assert "Unsubscribe" not in html


MISUSED = {
    "test": "{% if member.name %}x{% endif %}",
    "compare": "{% if member.name == 'Sam' %}x{% endif %}",
    "order": "{% if member.name < 'Sam' %}x{% endif %}",
    "contain": "{% if 'a' in member.name %}x{% endif %}",
    "filter length": "{{ member.name|length }}",
    "filter wrap": "{{ member.name|wrap }}",
    "filter first": "{{ member.name|first }}",
    "filter escape": "{{ member.name|e }}",
    "join": "{{ member.name ~ 'x' }}",
    "format": "{{ '%s' % member.name }}",
    "add": "{{ member.name + 'x' }}",
    "index": "{{ member.name[0] }}",
    "loop": "{% for letter in member.name %}x{% endfor %}",
    "in a list": "{{ [member.name] }}",
    "macro changed": "{% macro m() %}{{ member.name }}{% endmacro %}{{ m()[:12] }}",
}


@pytest.mark.parametrize("template", MISUSED.values(), ids=MISUSED.keys())
def test_a_template_cannot_look_into_a_slot(tmp_path: Path, template: str) -> None:
    """What differs from member to member can be put out, and nothing else; the error names the file."""
    with pytest.raises(errors.EditionError, match=r"foot\.html|changes a value"):
        overridden(tmp_path, foot_html="<p>\n" + template)


ESCAPES = {
    "class": "{{ ''.__class__ }}",
    "attr filter": "{{ ''|attr('__class__') }}",
    "method": "{{ 'x'.upper() }}",
    "format": "{{ '{0.__class__}'.format(site) }}",
    "cycler": "{{ cycler.__init__ }}",
    "dict method": "{{ member.items() }}",
    "self": "{{ self.__init__ }}",
    "undefined": "{{ nmae }}",
    "undefined attribute": "{{ member.nmae }}",
    "big string": "{{ 'x' * 10**9 }}",
    "power": "{{ 10 ** 10 }}",
    "padding": "{{ '%1000000000s' % 'x' }}",
    "long range": "{% for x in range(10**9) %}{% endfor %}",
    "loops": "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}.{% endfor %}{% endfor %}{% endfor %}",
    "include outside": "{% include '../../../pyproject.toml' %}",
    "include absolute": "{% include '/etc/passwd' %}",
    "phrase": "{{ say('no such phrase') }}",
    "place of phrase": "{{ say('first_mail') }}",
    "syntax": "{% if %}",
}


@pytest.mark.parametrize("template", ESCAPES.values(), ids=ESCAPES.keys())
def test_a_template_reaches_nothing_but_its_values(tmp_path: Path, template: str) -> None:
    """T02: no attribute, method, file or endless loop; undefined names stop the edition."""
    with pytest.raises(errors.EditionError, match="template"):
        overridden(tmp_path, foot_html=template)


FETCHING = {
    "import": "<style>@import url(https://example.org/x.css);</style>",
    "import in the kept block": '<style data-premailer="ignore">@import "x.css";</style>',
    "escaped import": "<style>@\\69mport 'x';</style>",
    "font": "<style>@font-face{src:local(x)}</style>",
    "background": "<style>p{background:url(https://example.org/x.png)}</style>",
    "inline background": '<p style="background:url(https://example.org/x.png)">x</p>',
    "style sheet": '<link rel="stylesheet" href="https://example.org/x.css">',
    "local style sheet": '<link rel="stylesheet" href="/etc/passwd">',
    "picture": '<img src="https://example.org/x.png" alt="">',
    "script": "<script>1</script>",
    "form": "<form></form>",
    "refresh": '<meta http-equiv="refresh" content="0">',
    "slot in style": "<style>p{content:{{ member.name }}}</style>",
}


@pytest.mark.parametrize("template", FETCHING.values(), ids=FETCHING.keys())
def test_a_template_fetches_nothing(tmp_path: Path, template: str) -> None:
    """Imports, style sheets, remote pictures and forms are refused before premailer or a reader sees them."""
    with pytest.raises(errors.EditionError, match="which mail must not"):
        overridden(tmp_path, foot_html=template)


def test_dark_and_phone_rules_stay_and_win() -> None:
    """The kept style block keeps its !important, and the page's own rules are written into the elements."""
    html = composing.part(composing.copy(composing.frozen()), "html")

    assert "color: #86d0dc !important;" in html
    assert "@media (max-width: 480px)" in html
    assert '<h1 style="margin:0 0 18px;' in html
    assert html.count("<style") == 1
    assert html.isascii()


def test_the_footer_says_why_and_where_from() -> None:
    """Each reason has its sentence; the first mail names the source and offers a way out; several lists are all named."""
    around = composing.frame(lists=(composing.SOUTH, composing.BOARD))
    both = Shape(("south-hants-it", "board"), "implied")
    frozen = composing.frozen(None, around, composing.ON_SOUTH, composing.FIRST, both)

    confirmed, first, implied = (
        " ".join(composing.part(composing.copy(frozen, number), "plain").split()) for number in range(3)
    )

    assert "because you joined South Hants IT and confirmed it on 29 June 2018." in confirmed
    assert "because you joined South Hants IT on 29 June 2018." in first
    assert (
        "How we came to your address: sign-up sheet of 28 June 2018. Not you? Tell us and we stop: https"
        in first
    )
    assert "belonged to South Hants IT and The board since 29 June 2018." in implied
    assert "sign-up sheet" not in confirmed


@pytest.mark.parametrize(
    ("language", "line"), [("en", "Unsubscribe:"), ("de", "Abbestellen:"), ("fr", "Se désabonner :")]
)
def test_a_colon_stands_as_the_language_writes_it(language: str, line: str) -> None:
    """French puts a space before it."""
    mail = composing.copy(composing.frozen(None, composing.frame(language=language)))

    assert line in composing.part(mail, "plain").splitlines()


def test_from_and_list_id_are_those_of_the_shape() -> None:
    """A member of the second list alone gets the edition from that list."""
    around = composing.frame(lists=(composing.SOUTH, composing.BOARD))
    mail = composing.parsed(composing.copy(composing.frozen(None, around, Shape(("board",)))))

    assert mail["From"] == "The board <board@lists.example.org>"
    assert mail["Reply-To"] == "office@example.org"
    assert mail["List-Id"] == '"The board" <board.lists.example.org>'


FRAMES = {
    "en": (
        "Next meeting",
        "When",
        "Thursday 13 September 2018, 18:00 to 19:00",
        "Unsubscribe",
        "[Picture: x]",
    ),
    "de": (
        "Nächstes Treffen",
        "Wann",
        "Donnerstag, 13. September 2018, 18:00 bis 19:00 Uhr",
        "Abbestellen",
        "[Bild: x]",
    ),
    "fr": (
        "Prochaine rencontre",
        "Quand",
        "jeudi 13 septembre 2018, de 18 h à 19 h",
        "Se désabonner",
        "[Image : x]",
    ),
}


@pytest.mark.parametrize("language", FRAMES)
def test_the_frame_speaks_the_list_s_language(language: str, tmp_path: Path) -> None:
    """Card, dates, footer and the page's lang are in the language of the list."""
    folder = composing.folder_with(tmp_path, a_png=composing.png())
    around = composing.frame(language=language, folder=folder)
    mail = composing.copy(composing.frozen(composing.written("![x](a.png)"), around))

    for phrase in FRAMES[language]:
        assert phrase in composing.part(mail, "plain")
    assert f'<html lang="{language}"' in composing.part(mail, "html")
    assert composing.parsed(mail)["Content-Language"] == language


@pytest.mark.parametrize("key", phrases.PHRASES)
def test_phrases_have_the_same_places_in_all_languages(key: str) -> None:
    """No translation forgets a {place} or adds one."""
    places = [
        sorted(place for _, place, _, _ in string.Formatter().parse(phrase) if place is not None)
        for phrase in phrases.PHRASES[key]
    ]

    assert len(places) == 3
    assert places[0] == places[1] == places[2]


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize("template", ["confirm", "change", "already", "welcome", "goodbye", "fresh", "moved"])
def test_mails_of_one_person(template: str, language: str) -> None:
    """Each of them composes in each language, names the address or the way on, and is laid out like the others."""
    frozen = composing.answer(
        template,
        "C" if template in ("confirm", "change") else "T",
        composing.frame(language=language),
        wording="A\nB",
        purpose="P",
        next_facts=(("When", "Friday"), ("Where", "Here")),
    )
    mail = composing.copy(frozen)

    assert "sam.okafor@example.net" in composing.part(mail, "plain")
    assert "sam.okafor@example.net" in composing.part(mail, "html")
    assert ("display:none" in composing.part(mail, "html")) == (template not in ("confirm", "change"))


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize("template", ["confirm", "welcome", "goodbye", "fresh", "receipt", "recap"])
def test_both_parts_say_the_same(template: str, language: str) -> None:
    """Every word that the page shows stands in the text part as well."""
    around = composing.frame(language=language)
    if template == "recap":
        mail = composing.copy(composing.frozen(None, around, composing.FIRST))
    else:
        mail = composing.copy(
            composing.answer(
                template, "T", around, wording="Yes\nNo", purpose="Recaps.", next_facts=(("When", "Friday"),)
            )
        )

    body = composing.part(mail, "html").partition("<body")[2]
    shown = html.unescape(
        re.sub(r"<!--.*?-->|<div style=\"display:none\">.*?</div>|<[^>]*>", " ", f"<body{body}", flags=re.S)
    )
    text = set(re.findall(r"\w+", composing.part(mail, "plain")))
    assert not set(re.findall(r"\w+", shown)) - text


def test_the_confirm_mail_shows_the_wording_and_its_two_links() -> None:
    """The C mail quotes what is agreed to; its tokens say yes or "not me", and open nothing else."""
    frozen = composing.answer("confirm", "C", wording="Yes, once a month.\nI can leave.")

    text = composing.part(composing.copy(frozen), "plain")

    assert frozen.purposes == ("block", "confirm", "return")
    assert "> Yes, once a month." in text
    assert f"https://lists.example.org/c/{composing.TOKEN}" in text


def test_a_template_that_is_not_there_is_named() -> None:
    """A site without templates is told which file is missing."""
    with pytest.raises(errors.EditionError, match=r"no template recap\.html"):
        composing.frozen(None, composing.frame(templates=()))
