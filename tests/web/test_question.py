"""The link that answers a question over a real socket: what shows, what answers, what changes nothing (T06, T16, T17)."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core import clock, tokens
from newsletter.service import questions
from newsletter.web import question
from tests.conftest import LIST_TOML
from tests.people import add_member, dump
from tests.service import wondering


@pytest.fixture
def link(site) -> str:
    """The path of Ada's link."""
    ada = add_member(site, "ada@example.org", "south-hants-it", name="Ada")
    wondering.ask(site, has_line=True)
    return "/ask/" + wondering.token(site, ada)


def test_get_and_head_show_the_question_and_change_nothing(site, link, serve) -> None:
    """T17: five GETs and HEADs of every button leave the database as it was."""
    server, before = serve(site), dump(site)

    answers = [
        server.get(link + end, method)
        for end in ("", "/", "/1", "/2/", "/3")
        for _ in range(5)
        for method in ("GET", "HEAD")
    ]

    assert {answer.status for answer in answers} == {200}
    body = answers[0].body
    assert "What shall we call ourselves?" in body and "Thursday 12 July 2018, 20:00" in body
    assert "a****@example.org" in body and "ada@" not in body and "not by whom" in body
    assert re.findall(r'name="choice" value="(\d)"', body) == ["1", "2", "3", "0"] and " checked" not in body
    assert dump(site) == before


def test_the_button_of_the_mail_ticks_its_choice(site, link, serve) -> None:
    """One tap to a page with the choice ticked, one POST; an unknown number ticks nothing."""
    server = serve(site)

    body = server.get(link + "/2").body
    thanks = server.send(link + "/2", choice="2")

    assert '<input type="radio" name="choice" value="2" checked>' in body and body.count(" checked") == 1
    assert thanks.status == 200 and "The Parsons Table" in thanks.body
    assert "set-cookie" not in thanks.headers and "location" not in thanks.headers
    assert wondering.votes(site) == [0, 1, 0]


@pytest.mark.parametrize("number", ["9", "0", "x", "2/3", "%32%00", "-1", "1" * 5_000])
def test_a_button_that_is_not_there_ticks_nothing(site, link, serve, number: str) -> None:
    """Whatever stands after the token: the page as without it."""
    answer = serve(site).get(f"{link}/{number}")

    assert answer.status == 200 and " checked" not in answer.body


def test_another_answer_replaces_the_first(site, link, serve) -> None:
    """The same link changes it; the page says what was answered so far."""
    server = serve(site)
    server.send(link, choice="1")

    again = server.get(link)
    server.send(link, choice="0", line="Tech & Tea")

    assert "Your answer so far" in again.body and 'value="1" checked' in again.body
    assert wondering.votes(site) == [0, 0, 0]
    assert questions.show(site, "name")["lines"] == ["Tech & Tea"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose one of the answers."),
        ({"choice": "9"}, "Choose one of the answers."),
        ({"choice": "0"}, "Choose one of the answers."),
        ({"choice": "1", "line": "x" * 201}, "At most 200 characters"),
        ({"choice": "1", "line": "a\x07b"}, "At most 200 characters"),
    ],
)
def test_what_is_no_answer_changes_nothing_and_is_said(site, link, serve, fields, says: str) -> None:
    """The page comes back with what is wrong, and status 400."""
    server, before = serve(site), dump(site)

    answer = server.send(link, **fields)

    assert answer.status == 400 and says in answer.body
    assert dump(site) == before


def test_what_is_typed_and_asked_is_text(site, link, serve) -> None:
    """T04: a line and a choice come back escaped."""
    evil = '"><script>alert(1)</script>{{ 7*7 }}'

    body = serve(site).send(link, choice="x", line=evil).body
    thanks = serve(site).send(link, choice="3", line=evil).body

    for found in (body, thanks):
        assert "<script" not in found and "{{ 7*7 }}" in html.unescape(found) and "<Makers>" not in found


def test_a_form_of_another_site_is_refused(site, link, serve) -> None:
    """T10: a browser that says "cross-site" is told where to press."""
    before = dump(site)

    answer = serve(site).send(link, more="Sec-Fetch-Site: cross-site\r\n", choice="1")

    assert answer.status == 403 and dump(site) == before


def test_closed_shows_the_result(site, link, serve, ticking) -> None:
    """After its time: no button, the most chosen first, and a POST changes nothing."""
    server = serve(site)
    server.send(link, choice="2")
    ticking.moment = clock.parse("2018-07-12T19:00:00Z")
    before = dump(site)

    shown, posted = server.get(link), server.send(link, choice="1")

    assert (shown.status, posted.status) == (200, 409)
    assert "<button" not in shown.body and "This question is closed." in shown.body
    assert shown.body.index("The Parsons Table") < shown.body.index("Southampton Tech Circle")
    assert dump(site) == before


def test_a_trial_copy_has_a_page(site, link, serve) -> None:
    """The chair presses the button of a test mail: it says what it is."""
    answer = serve(site).get("/ask/" + site.tokens.make("ask", 0, 0) + "/1")

    assert answer.status == 200 and "trial copy" in answer.body


def test_thirty_changes_an_hour_are_enough(site, link, serve) -> None:
    """A script that presses for ever is stopped, with a sentence, whichever button's link it uses."""
    server = serve(site)

    found = [server.send(f"{link}/{n % 3}", choice="1").status for n in range(question.AN_HOUR + 1)]

    assert found == [200] * question.AN_HOUR + [429]


def forged(site, link: str) -> list[str]:
    """Wrong tokens of every kind: cut, changed, of another purpose, of another key, huge, not ASCII."""
    good = link.removeprefix("/ask/")
    other = tokens.Tokens((tokens.Key(1, "token", b"x" * 32), tokens.Key(1, "suppression", b"y" * 32)))
    flipped = [good[:n] + ("a" if good[n] != "a" else "b") + good[n + 1 :] for n in range(0, 40, 3)]
    purposes = [site.tokens.make(purpose, 1, 1) for purpose in ("leave", "me", "rsvp", "return", "reply")]
    return [
        *flipped, *purposes, other.make("ask", 1, 1), good[:-1], good + "a", "x", "a" * 40, "a" * 10_000,
        "%C3%A9" * 40, "%00" * 40, "=" * 40, "..%2f" * 8, "1/" + good, "' OR 1=1--".replace(" ", "%20"),
    ]  # fmt: skip


def test_wrong_tokens_all_look_the_same(site, link, serve) -> None:
    """T06, T15: every wrong token gives the same 404, byte for byte, by GET and POST, and writes nothing."""
    server, before = serve(site), dump(site)

    answers = {
        (answer.status, answer.body)
        for token in forged(site, link)
        for end in ("", "/1")
        for answer in (server.get("/ask/" + token + end), server.send("/ask/" + token + end, choice="1"))
    }

    assert answers == {(404, server.get("/nothing/here").body)}
    assert dump(site) == before


def test_the_link_of_one_answers_for_nobody_else(site, link, serve) -> None:
    """T16: Ada's link shows and changes nothing of Ben's."""
    ben = add_member(site, "ben@example.org", "south-hants-it", name="Ben")
    server = serve(site)
    server.send("/ask/" + wondering.token(site, ben), choice="1")

    body = server.get(link).body
    server.send(link, choice="2")

    assert "Your answer so far" not in body and "b****" not in body
    assert wondering.votes(site) == [1, 1, 0]


def test_any_body_is_a_page_and_never_a_crash(site, link, serve) -> None:
    """Whatever is posted: a page that says what is wrong, and no answer is written."""
    server = serve(site)
    kinds = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]

    @settings(max_examples=40)
    @given(st.binary(max_size=200), st.sampled_from(kinds))
    def posted(body: bytes, kind: str) -> None:
        assert server.post(link, body, kind).status == 400

    posted()
    assert wondering.votes(site) == [0, 0, 0]


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "Choose one"), ("de", "Wählen Sie eines"), ("fr", "Choisissez une réponse")],
)
def test_the_page_speaks_the_lists_language(make_site, serve, language: str, word: str) -> None:
    """Page and date in the language of the question's list."""
    opened = make_site(list_toml=f'{LIST_TOML}language = "{language}"\n')
    member = add_member(opened, "ada@example.org", "south-hants-it")
    wondering.ask(opened, choices=(), dates=wondering.DATES)

    body = html.unescape(serve(opened).get("/ask/" + wondering.token(opened, member)).body)

    assert word in body and f'lang="{language}"' in body and "2018" in body
