"""The answer link over a real socket: what shows, what answers, what changes nothing (threats T06, T16, T17)."""

import html
import re
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core import clock, tokens
from newsletter.service import places, rsvps
from newsletter.web import rsvp
from tests.conftest import LIST_TOML
from tests.people import add_member, dump
from tests.service import coming


@pytest.fixture
def link(site) -> str:
    """The path of Ada's answer link."""
    member = add_member(site, "ada@example.org", "south-hants-it", name="Ada")
    coming.invite(site)
    return "/rsvp/" + coming.token(site, member)


def given_answers(site) -> list[tuple[str, int, str, str]]:
    found = rsvps.answers(site, coming.SLUG)["answers"]
    return [(one["answer"], one["guests"], one["drinks"], one["note"]) for one in found]


def test_get_and_head_show_the_meeting_and_change_nothing(site, link, serve) -> None:
    """T17: five GETs and HEADs leave the database as it was; facts, three buttons, a masked address."""
    server, before = serve(site), dump(site)

    answers = [
        server.get(link + end, method)
        for end in ("", "/", "/yes", "/no/", "/maybe")
        for _ in range(5)
        for method in ("GET", "HEAD")
    ]

    assert {answer.status for answer in answers} == {200}
    body = answers[0].body
    assert "Thursday 13 September 2018, 18:00 to 19:00" in body and "The Parsons, Southampton" in body
    assert re.findall(r'name="answer.(\w+)" value="yes"', body) == ["yes", "maybe", "no"]
    assert "a****@example.org" in body and "ada@" not in body
    assert dump(site) == before


def test_a_button_answers_and_another_changes_it(site, link, serve) -> None:
    """One POST each; the thank-you page leads back to the same link, which shows the answer so far."""
    server = serve(site)

    thanks = server.send(link, answer__yes="yes", guests="2", drinks="yes", note="no nuts")
    again = server.get(link)
    changed = server.send(link, answer__no="yes", guests="0", drinks="", note="")

    assert (thanks.status, changed.status) == (200, 200)
    assert "set-cookie" not in thanks.headers and "location" not in thanks.headers
    assert "guests: 2" in thanks.body and f'href="{link}"' in thanks.body
    assert "Your answer so far" in again.body and '<option value="2" selected>' in again.body
    assert "perhaps next time" in changed.body
    assert given_answers(site) == [("no", 0, "", "")]


@pytest.mark.parametrize("answer", ["yes", "maybe", "no"])
def test_the_mails_button_puts_its_answer_in_front(site, link, serve, answer: str) -> None:
    """First among the buttons and the only filled one; it is still one press, by whichever button."""
    server = serve(site)

    body = server.get(f"{link}/{answer}").body
    buttons = re.findall(r'name="answer.(\w+)" value="yes"( class="second")?', body)
    posted = server.send(f"{link}/{answer}", answer__maybe="yes")

    assert buttons[0] == (answer, "") and all(second for _, second in buttons[1:])
    assert "in the mail" in body and "in the mail" not in server.get(link).body
    assert posted.status == 200 and given_answers(site)[0][0] == "maybe"


def test_a_button_that_is_not_ours_is_no_page(site, link, serve) -> None:
    """Three answers, and nothing else behind the token."""
    server, before = serve(site), dump(site)

    found = {(server.get(link + end).status, server.send(link + end, answer="yes").status) for end in ("/perhaps", "/YES", "/yes/no")}  # fmt: skip

    assert found == {(404, 404)} and dump(site) == before


def test_a_full_meeting_says_how_one_stands(site, link, serve) -> None:
    """Full before the press, the turn after it; then the offer with its end, and the place."""
    ben = add_member(site, "ben@example.org", "south-hants-it", name="Ben")
    places.set_capacity(site, coming.SLUG, 2)
    server, of_ben = serve(site), "/rsvp/" + coming.token(site, ben)
    assert "The meeting is full" not in server.get(link).body
    server.send(of_ben, answer="yes", guests="1")
    assert "You have a place." in server.get(of_ben).body
    assert "The meeting is full. Whoever answers yes now waits" in server.get(link).body

    waits = server.send(link, answer="yes")
    assert "You are on the waiting list" in waits.body and "Your turn in the queue: 1" in waits.body
    assert "Your turn in the queue: 1" in server.get(link).body
    server.send(of_ben, answer="no")

    body = server.get(link + "/yes").body
    assert "A place is free for you. We keep it until Saturday 30 June 2018, 9:00" in body
    assert "Yes, I take it" in body
    assert "You have a place." in server.send(link + "/yes", answer__yes="yes").body


def test_more_guests_than_fit_are_refused_with_a_sentence(site, link, serve) -> None:
    """The place stays, with as many guests as before."""
    places.set_capacity(site, coming.SLUG, 2)
    server = serve(site)
    server.send(link, answer="yes", guests="1")

    body = server.send(link, answer="yes", guests="4").body

    assert "no room for more guests" in body and "as many as before: 1" in body
    assert given_answers(site) == [("yes", 1, "", "")]


def test_the_note_is_kept_and_not_shown(site, link, serve) -> None:
    """T16: a mail gets passed on, and needs and notes may tell of health: not shown, can be replaced and removed."""
    server = serve(site)
    server.send(link, answer="yes", note="no nuts for me", needs="a ramp")

    shown = server.get(link).body
    server.send(link, answer="maybe", note="")

    assert "nuts" not in shown and "ramp" not in shown
    assert "We have your note" in shown and "We know what you need" in shown
    assert given_answers(site) == [("maybe", 0, "", "no nuts for me")]
    server.send(link, answer="maybe", note="", drop_note="yes")
    assert given_answers(site) == [("maybe", 0, "", "")]
    assert rsvps.answers(site, coming.SLUG)["answers"][0]["needs"] == "a ramp"
    server.send(link, answer="maybe", drop_needs="yes")
    assert rsvps.answers(site, coming.SLUG)["answers"][0]["needs"] == ""


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"answer": "perhaps"}, "Choose one of the three answers."),
        ({"answer.yes": "yes", "answer.no": "yes"}, "Choose one of the three answers."),
        ({}, "Choose one of the three answers."),
        ({"answer": "yes", "guests": "99"}, "Choose a number from 0 to 9."),
        ({"answer": "yes", "drinks": "beer"}, "Choose one of the answers of the list."),
        ({"answer": "yes", "note": "x" * 501}, "At most 500 characters"),
        ({"answer": "yes", "note": "a\x07b"}, "At most 500 characters"),
        ({"answer": "yes", "needs": "x" * 501}, "At most 500 characters"),
    ],
)
def test_what_is_no_answer_changes_nothing_and_is_said(site, link, serve, fields, says: str) -> None:
    """The page comes back with what was typed, what is wrong, and status 400."""
    server, before = serve(site), dump(site)

    answer = server.post(link, urlencode({"note": "kept word", **fields}).encode())

    assert answer.status == 400 and says in answer.body
    assert "note" in fields or "kept word" in answer.body
    assert dump(site) == before


def test_a_note_is_text_and_nothing_else(site, link, serve) -> None:
    """T04: what is typed comes back escaped, in the one place where it comes back at all."""
    evil = '</textarea><script>alert(1)</script>{{ 7*7 }}"'

    body = serve(site).send(link, answer="x", note=evil).body

    assert "<script" not in body and html.escape(evil, quote=False).replace('"', "&#34;") in body


def test_a_form_of_another_site_is_refused(site, link, serve) -> None:
    """A browser that says "cross-site" is told where to press."""
    before = dump(site)

    answer = serve(site).send(link, more="Sec-Fetch-Site: cross-site\r\n", answer="yes")

    assert answer.status == 403 and dump(site) == before


@pytest.mark.parametrize("moment", ["2018-09-13T17:59:59Z", "2018-09-13T18:00:00Z"])
def test_over_is_over(site, link, serve, ticking, moment: str) -> None:
    """Up to the end of the meeting, in its own zone, an answer counts; then the page says that it is over."""
    ticking.moment = clock.parse(moment)
    server, is_over = serve(site), moment.endswith("00Z")

    answer = server.send(link, answer="yes")

    assert answer.status == (409 if is_over else 200)
    assert ("This meeting is over" in server.get(link).body) == is_over
    assert len(given_answers(site)) == (0 if is_over else 1)


def test_cancelled_says_so(site, link, serve) -> None:
    """No button, what was answered, and the facts."""
    server = serve(site)
    server.send(link, answer="yes")
    with site.store.write():
        site.store.execute("UPDATE meeting SET state = 'cancelled'")

    body = server.get(link).body

    assert "This meeting does not take place" in body and "<button" not in body
    assert "Your answer was" in body


def test_a_trial_copy_has_a_page(site, link, serve) -> None:
    """The chair presses the button of a test mail: it says what it is."""
    token = site.tokens.make("rsvp", 0, 0)

    answer = serve(site).get("/rsvp/" + token)

    assert answer.status == 200 and "trial copy" in answer.body


def test_thirty_changes_an_hour_are_enough(site, link, serve) -> None:
    """Each change is written and told by mail: a script that presses for ever is stopped, with a sentence."""
    server = serve(site)

    found = [server.send(link, answer="yes" if n % 2 else "no").status for n in range(rsvp.AN_HOUR + 1)]

    assert found == [200] * rsvp.AN_HOUR + [429]


def forged(site, link: str) -> list[str]:
    """Wrong tokens of every kind: cut, changed, of another purpose, of another key, huge, not ASCII."""
    good = link.removeprefix("/rsvp/")
    other = tokens.Tokens((tokens.Key(1, "token", b"x" * 32), tokens.Key(1, "suppression", b"y" * 32)))
    flipped = [good[:n] + ("a" if good[n] != "a" else "b") + good[n + 1 :] for n in range(0, 40, 3)]
    purposes = [site.tokens.make(purpose, 1, 1) for purpose in ("leave", "me", "confirm", "return", "reply")]
    return [
        *flipped, *purposes, other.make("rsvp", 1, 1), good[:-1], good + "a", "x", "a" * 40, "a" * 10_000,
        "%C3%A9" * 40, "%00" * 40, "=" * 40, "..%2f" * 8,
    ]  # fmt: skip


def test_wrong_tokens_all_look_the_same(site, link, serve) -> None:
    """T06: every wrong token gives the same 404, byte for byte, by GET and POST, and writes nothing."""
    server, before = serve(site), dump(site)

    answers = {
        (answer.status, answer.body)
        for token in forged(site, link)
        for path in (f"/rsvp/{token}", f"/rsvp/{token}/yes")
        for answer in (server.get(path), server.send(path, answer="yes"))
    }

    assert answers == {(404, server.get("/nothing/here").body)}
    assert dump(site) == before


def test_the_link_of_one_answers_for_nobody_else(site, link, serve) -> None:
    """T16: Ada's link shows and changes nothing of Ben's."""
    ben = add_member(site, "ben@example.org", "south-hants-it", name="Ben")
    server = serve(site)
    server.send("/rsvp/" + coming.token(site, ben), answer="no")

    body = server.get(link).body
    server.send(link, answer="yes")

    assert "Your answer so far" not in body and "b****" not in body
    assert sorted(one[0] for one in given_answers(site)) == ["no", "yes"]


def test_any_body_is_a_page_and_never_a_crash(site, link, serve) -> None:
    """Whatever is posted: a page that says what is wrong, and no answer is written."""
    server = serve(site)
    kinds = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]

    @settings(max_examples=40)
    @given(st.binary(max_size=200), st.sampled_from(kinds))
    def posted(body: bytes, kind: str) -> None:
        assert server.post(link, body, kind).status == 400

    posted()
    assert given_answers(site) == []


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Do you come?"), ("de", "Kommen Sie?"), ("fr", "Venez-vous ?")]
)
def test_the_page_speaks_the_lists_language(make_site, serve, language: str, word: str) -> None:
    """Page, facts and receipt in the language of the meeting's list."""
    opened = make_site(list_toml=f'{LIST_TOML}language = "{language}"\n')
    member = add_member(opened, "ada@example.org", "south-hants-it")
    coming.invite(opened)
    server, path = serve(opened), "/rsvp/" + coming.token(opened, member)

    body = server.get(path).body
    thanks = server.send(path, answer="yes", guests="1")

    assert word in html.unescape(body) and f'lang="{language}"' in body
    assert thanks.status == 200 and "2018" in thanks.body
