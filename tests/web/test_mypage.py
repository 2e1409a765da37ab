"""A member's own page: what each link may, what it shows, and that GET changes nothing (threats T06, T15-T17)."""

import html
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.service import members, mypage
from tests.conftest import LIST_TOML, FixedClock
from tests.people import add_member, add_message, dump
from tests.web.conftest import stamp


@pytest.fixture
def two(make_site) -> sites.Site:
    """A site with two lists; Ada (member 1) is on the first."""
    opened: sites.Site = make_site("board", "futures")
    add_member(opened, "ada@example.org", "board", name="Ada Lovelace")
    add_message(opened, "board")
    return opened


def mail_link(opened: sites.Site, member: int = 1) -> str:
    """The link in every mail."""
    return "/me/" + opened.tokens.make("me", 1, member)


def fresh_link(opened: sites.Site, address: str = "ada@example.org") -> str:
    """A link that was sent to the address just now."""
    mypage.ask_fresh(opened, address)
    row = opened.store.row("SELECT id, member FROM request WHERE kind = 'fresh' ORDER BY id DESC LIMIT 1")
    return "/me/" + opened.tokens.make("fresh", row["id"], row["member"])


def states(opened: sites.Site) -> dict[str, str]:
    return {one["list"]: one["state"] for one in members.show(opened, "ada@example.org")["subscriptions"]}


def test_both_links_show_and_change_nothing(two, serve) -> None:
    """T17: GET and HEAD change nothing; the mail's link masks the address and shows no name, the fresh one shows both."""
    links, server = (mail_link(two), fresh_link(two)), serve(two)
    before = dump(two)

    by_mail, by_fresh = (server.get(link).body for link in links)
    for link in links:
        assert server.get(link, "HEAD").status == 200

    assert "a****@example.org" in by_mail and "ada@" not in by_mail and "Lovelace" not in by_mail
    assert "ada@example.org" in by_fresh and "Ada Lovelace" in by_fresh
    assert two.mailing_list("board").wording in html.unescape(by_fresh)
    assert "paper sheet" in by_mail and "28 June 2018" in by_mail
    assert dump(two) == before


def test_leave_one_list(two, serve) -> None:
    """A button for each list leaves that list alone, at once."""
    add_member(two, "ada@example.org", "futures")

    answer = serve(two).send(mail_link(two), do="leave", list__futures="yes")

    assert answer.status == 200 and 'role="status"' in answer.body
    assert states(two) == {"board": "attested", "futures": "unsubscribed"}


def test_a_leaving_is_taken_back_once(two, serve) -> None:
    """T47: the answer to leaving shows an undo; it works once, and not on another person's page."""
    ben = add_member(two, "ben@example.org", "board")
    server = serve(two)
    left = server.send(mail_link(two), do="leave", list__board="yes")
    undo = re.search(r'name="undo" value="([a-z2-7]{40})"', left.body)
    assert undo and states(two) == {"board": "unsubscribed"}

    foreign = server.send(mail_link(two, ben), do="undo", undo=undo[1])
    first = server.send(mail_link(two), do="undo", undo=undo[1])
    second = server.send(mail_link(two), do="undo", undo=undo[1])

    assert [foreign.status, first.status, second.status] == [404, 200, 409]
    assert states(two) == {"board": "attested"}


def test_pause_until_a_day_and_go_on(two, serve) -> None:
    """A pause until a day, shown in words; one press ends it."""
    server = serve(two)

    paused = server.send(mail_link(two), do="pause", until="2018-08-06")
    assert states(two) == {"board": "paused"}
    resumed = server.send(mail_link(two), do="resume", list__board="yes")

    assert "6 August 2018" in paused.body and "End the pause" in paused.body
    assert resumed.status == 200 and states(two) == {"board": "attested"}


@pytest.mark.parametrize("day", ["", "tomorrow", "2018-06-29", "2017-01-01", "2030-01-01", "99999-01-01"])
def test_a_wrong_day_pauses_nothing(two, serve, day: str) -> None:
    """Today, the past, more than a year and nonsense are refused at the field."""
    server, before = serve(two), dump(two)

    answer = server.send(mail_link(two), do="pause", until=day)

    assert answer.status == 400 and 'id="until-wrong"' in answer.body and dump(two) == before


def test_every_day_offered_can_be_chosen(two, serve) -> None:
    """The days of the list are in the next twelve months, each taken by the service."""
    body = serve(two).get(mail_link(two)).body

    days = re.findall(r'<option value="([\d-]+)"', body)
    assert len(days) > 15 and days == sorted(set(days)) and body.count(" selected") == 1
    for day in (days[0], days[-1]):
        assert serve(two).send(mail_link(two), do="pause", until=day).status == 200


def test_join_another_list(two, serve) -> None:
    """The other lists stand there with their wording, nothing ticked; a ticked one is joined."""
    server = serve(two)
    shown = server.get(mail_link(two)).body

    answer = server.send(mail_link(two), do="join", list__futures="yes")

    assert shown.count('type="checkbox"') == 1 and " checked" not in shown
    assert answer.status == 200
    assert states(two)["futures"] in ("confirmed", "requested")
    assert server.send(mail_link(two), do="join").status == 400


def test_the_mail_s_link_asks_for_a_fresh_one(two, serve) -> None:
    """One press sends a link to the address behind the mail's link, and the page does not show it."""
    answer = serve(two).send(mail_link(two), do="fresh")

    rows = two.store.rows("SELECT delivery.address, kind FROM delivery JOIN message ON message.id = message")
    assert [tuple(row) for row in rows] == [("ada@example.org", "fresh")]
    assert answer.status == 200 and "ada@" not in answer.body


@pytest.mark.parametrize("act", ["edit", "move", "copy", "forget", "nothing", ""])
def test_the_mail_s_link_may_not_see_or_change_data(two, serve, act: str) -> None:
    """T16: a forwarded mail shows and changes no data, whatever is posted."""
    server, before = serve(two), dump(two)

    answer = server.send(
        mail_link(two),
        do=act,
        how="all",
        sure="yes",
        name="Eve",
        address="eve@example.org",
        field__company="x",
    )

    assert answer.status == 400 and dump(two) == before
    assert answer.headers["content-type"].startswith("text/html")


def test_a_fresh_link_is_good_for_an_hour(two, serve, ticking: FixedClock) -> None:
    """After an hour it is a 410 with the way to a new one, by GET and POST."""
    link, server = fresh_link(two), serve(two)
    ticking.moment += timedelta(hours=1, seconds=1)

    answers = [server.get(link), server.send(link, do="forget", how="all", sure="yes")]

    assert [answer.status for answer in answers] == [410, 410] and 'href="/me"' in answers[0].body
    assert members.find(two, "ada@example.org")


def test_change_name_and_fields(two, serve) -> None:
    """Name and the lists' fields are written; a text that is no line is shown at its place and nothing is written."""
    link, server = fresh_link(two), serve(two)

    saved = server.send(link, do="edit", name="Ada King", field__company="Engines")
    wrong = server.send(link, do="edit", name="x\ny", field__company="Engines & Co")

    assert saved.status == 200 and "Saved" in saved.body
    found = members.show(two, "ada@example.org")
    assert (found["name"], found["fields"]) == ("Ada King", {"company": "Engines"})
    assert wrong.status == 400 and 'id="name-wrong"' in wrong.body and "Engines &amp; Co" in wrong.body


@pytest.mark.parametrize(
    ("address", "phrase"), [("x", "does not look like"), ("postmaster@example.org", "belongs to a job")]
)
def test_a_wrong_new_address_is_shown_at_its_place(two, serve, address: str, phrase: str) -> None:
    """What is no address, and a mailbox of a job, are refused; nothing is sent."""
    link, server = fresh_link(two), serve(two)

    answer = server.send(link, do="move", address=address)

    assert answer.status == 400 and phrase in answer.body and 'id="address-wrong"' in answer.body
    assert members.find(two, "ada@example.org")


def test_the_answer_to_a_new_address_is_the_same_for_all(two, serve) -> None:
    """T15: whether the new address is another member's or not, the page says the same."""
    add_member(two, "ben@example.org", "board")
    link, server = fresh_link(two), serve(two)

    answers = {server.send(link, do="move", address=f"{name}@example.org").body for name in ("ben", "new")}

    assert len(answers) == 1 and members.find(two, "ada@example.org")


def test_a_copy_of_my_data(two, serve) -> None:
    """A ZIP with a page to read and JSON, as a download."""
    link, server = fresh_link(two), serve(two)
    body = b"do=copy"
    head = f"POST {link} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"

    raw = server.bytes_of((head + kind).encode() + body)

    fields, _, content = raw.partition(b"\r\n\r\n")
    assert (
        b"200 OK" in fields and b'attachment; filename="you.zip"' in fields and b"application/zip" in fields
    )
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert sorted(found.namelist()) == ["you.html", "you.json"]
        assert "ada@example.org" in json.dumps(json.loads(found.read("you.json")))


@pytest.mark.parametrize(("how", "kept"), [("keep", 1), ("all", 0)])
def test_forget_me_asks_once_more_and_then_forgets(two, serve, how: str, kept: int) -> None:
    """The first press asks, the second erases; "never write again" keeps a hash, "everything" keeps none."""
    link, server = fresh_link(two), serve(two)

    asked = server.send(link, do="forget", how=how)
    assert members.find(two, "ada@example.org")
    done = server.send(link, do="forget", how=how, sure="yes")

    assert asked.status == 200 and "Really forget?" in asked.body
    assert done.status == 200 and "forgotten" in done.body
    assert two.store.value("SELECT count(*) FROM member WHERE key IS NOT NULL") == 0
    assert two.store.value("SELECT count(*) > 0 FROM suppression") == kept
    assert "Lovelace" not in "".join(dump(two))
    after = server.get(mail_link(two))
    assert after.status == 200 and "everything was erased" in after.body


def test_one_person_s_link_shows_nobody_else(two, serve) -> None:
    """T16: Ben's page says nothing of Ada, and his buttons do not move her."""
    ben = add_member(two, "ben@example.org", "board", name="Ben Bolt")
    server, before = serve(two), states(two)

    shown = server.get(mail_link(two, ben)).body
    server.send(mail_link(two, ben), do="leave", list__board="yes")

    assert "Ada" not in shown and "b****@example.org" in shown
    assert states(two) == before


def test_asking_by_address_answers_all_alike(two, serve) -> None:
    """T15: known, unknown and unsubscribed get one page byte for byte; only the known get a mail."""
    add_member(two, "gone@example.org", "board")
    members.leave(two, "gone@example.org", None)
    two.store.execute("DELETE FROM delivery")
    server = serve(two)

    answers = [
        server.send("/me", stamp=stamp(two), address=f"{name}@example.org")
        for name in ("ada", "nobody", "gone")
    ]

    assert {answer.status for answer in answers} == {200} and len({answer.body for answer in answers}) == 1
    found = {row["address"] for row in two.store.rows("SELECT address FROM delivery")}
    assert "ada@example.org" in found and "nobody@example.org" not in found


@pytest.mark.parametrize("fields", [{"address": "x"}, {"address": "ada@example.org", "website": "x"}])
def test_asking_wrongly_sends_nothing(two, serve, fields: dict[str, str]) -> None:
    """A fault in the form is shown, and no mail waits."""
    answer = serve(two).send("/me", stamp=stamp(two), **fields)

    assert answer.status == 400 and two.store.value("SELECT count(*) FROM delivery") == 0


@pytest.mark.parametrize(("language", "words"), [("de", "6. August 2018"), ("fr", "6 août 2018")])
def test_my_page_speaks_the_list_s_language(make_site, serve, language: str, words: str) -> None:
    """Days and sentences are in the language of the person's list."""
    opened = make_site("board", list_toml=LIST_TOML + f'language = "{language}"\n')
    add_member(opened, "ada@example.org", "board")

    body = serve(opened).get(mail_link(opened)).body

    assert words in body and f'<html lang="{language}"' in body
