"""The links of a confirm mail on the pages: GET changes nothing, one button confirms, another blocks (T06-T08, T17)."""

import html
import threading
from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import tokens
from newsletter.service import joining, members, mypage
from tests.conftest import FixedClock
from tests.people import add_member, add_message, dump


def ask(site: sites.Site, address: str = "ada@example.org", *slugs: str) -> dict[str, str]:
    """Ask to join; return the paths of the confirm mail's links."""
    joining.ask(site, joining.Wanted(address, slugs or ("south-hants-it",), form="/join"))
    row = site.store.row("SELECT id, member FROM request ORDER BY id DESC LIMIT 1")
    return {
        purpose: "/c/" + site.tokens.make(purpose, row["id"], row["member"])
        for purpose in ("confirm", "block")
    }


def states(site: sites.Site, address: str = "ada@example.org") -> dict[str, str]:
    found = members.show(site, address)["subscriptions"]
    return {one["list"]: one["state"] for one in found}


@pytest.mark.parametrize("purpose", ["confirm", "block"])
def test_looking_changes_nothing(site, serve, purpose: str) -> None:
    """T17: GET, HEAD and a POST without the button leave the database as it is; the address is masked."""
    link, server = ask(site)[purpose], serve(site)
    before = dump(site)

    answers = [server.get(link, method) for _ in range(5) for method in ("GET", "HEAD")]
    bare = [server.post(link, body) for body in (b"", b"List-Unsubscribe=One-Click", b"x=1")]

    assert {answer.status for answer in answers} == {200} and {answer.status for answer in bare} == {400}
    assert "a****@example.org" in answers[0].body and "ada@" not in answers[0].body
    assert "<button" in answers[0].body and "<button" in bare[0].body
    assert dump(site) == before


def test_one_button_confirms_every_list(make_site, serve) -> None:
    """The page names each list the address is pending for, with its wording, and one press confirms all."""
    opened = make_site("board", "futures", "letter")
    ask(opened, "ada@example.org", "board")
    opened.clock.moment += timedelta(days=2)
    link = ask(opened, "ada@example.org", "futures")["confirm"]
    server = serve(opened)

    shown = html.unescape(server.get(link).body)
    answer = server.send(link, confirm="yes")

    assert shown.count(opened.mailing_list("board").wording) == 2 and shown.count("<button") == 1
    assert answer.status == 200
    assert states(opened) == {"board": "confirmed", "futures": "confirmed"}


def test_pressing_again_answers_alike(site, serve) -> None:
    """T07: fifty presses, many at once: one event, fifty times 200, and the page says how things stand."""
    link, server = ask(site)["confirm"], serve(site)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(server.send(link, confirm="yes").status))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [200] * 50
    assert site.store.value("SELECT count(*) FROM consent WHERE step = 'confirmed'") == 1
    assert "You are on the list" in server.get(link).body
    assert site.store.value("SELECT count(*) FROM message WHERE kind = 'welcome'") == 1


def test_a_link_dies_after_seven_days(site, serve, ticking: FixedClock) -> None:
    """T08: 410 with the way to ask again, by GET and POST, and nothing is confirmed."""
    link, server = ask(site)["confirm"], serve(site)
    ticking.moment += timedelta(days=7, seconds=1)

    answers = [server.get(link), server.send(link, confirm="yes")]

    assert [answer.status for answer in answers] == [410, 410]
    assert 'href="/join"' in answers[0].body
    assert states(site) == {"south-hants-it": "requested"}


def test_not_me_blocks_for_good(site, serve) -> None:
    """The block link's button forgets the request; nobody can have this address asked again; pressing again is a 200."""
    links, server = ask(site), serve(site)

    answers = [server.send(links["block"], block="yes") for _ in range(2)]
    joining.ask(site, joining.Wanted("ADA@example.org", ("south-hants-it",)))

    assert [answer.status for answer in answers] == [200, 200] and "is blocked" in answers[0].body
    assert site.store.value("SELECT count(*) FROM member WHERE key IS NOT NULL") == 0
    assert site.store.value("SELECT count(*) FROM delivery WHERE state = 'due'") == 0
    assert server.send(links["confirm"], confirm="yes").status == 410


def test_a_block_token_confirms_nothing_and_the_other_way_round(site, serve) -> None:
    """Each link has its own purpose: the other button on it is not one of ours."""
    links, server = ask(site), serve(site)
    before = dump(site)

    assert server.send(links["block"], confirm="yes").status == 404
    assert server.send(links["confirm"], block="yes").status == 404
    assert dump(site) == before


@pytest.mark.parametrize(
    ("room", "purposes"), [("/c/", ("leave", "me", "fresh", "undo")), ("/me/", ("leave", "confirm"))]
)
def test_wrong_tokens_all_look_the_same(site, serve, room: str, purposes: tuple[tokens.Purpose, ...]) -> None:
    """T06: cut, flipped, of another purpose or another site: one page, byte for byte, and no write."""
    good = ask(site)["confirm"].removeprefix("/c/")
    other = tokens.Tokens((tokens.Key(1, "token", b"x" * 32), tokens.Key(1, "suppression", b"y" * 32)))
    wrong = [
        *(site.tokens.make(purpose, 1, 1) for purpose in purposes), other.make("confirm", 1, 1), other.make("me", 1, 1),
        good[:-1], good + "a", *(good[:n] + ("a" if good[n] != "a" else "b") + good[n + 1 :] for n in range(0, 40, 3)),
        "x", "a" * 10_000, "%C3%A9" * 40, "%00" * 40,
    ]  # fmt: skip
    server, before = serve(site), dump(site)

    answers = {
        (answer.status, answer.body)
        for token in wrong
        for answer in (server.get(room + token), server.send(room + token, confirm="yes", do="leave"))
    }

    assert answers == {(404, server.get("/nothing").body)}
    assert dump(site) == before


def test_a_new_address_is_confirmed_at_the_new_one(site, serve) -> None:
    """T16: the change waits for the button in the mail to the new address; then the old one is told."""
    member = add_member(site, "ada@example.org", "south-hants-it")
    add_message(site, "south-hants-it")
    mypage.ask_fresh(site, "ada@example.org")
    number = site.store.value("SELECT id FROM request")
    mypage.move(site, site.tokens.make("fresh", number, member), "ada@example.net")
    link = "/c/" + site.tokens.make("confirm", number + 1, member)
    server = serve(site)

    shown = server.get(link)
    assert members.find(site, "ada@example.org")["id"] == member
    pressed = server.send(link, confirm="yes")

    assert "a****@example.net" in shown.body and "a****@example.org" in shown.body
    assert pressed.status == 200 and "is changed" in pressed.body
    assert members.find(site, "ada@example.net")["id"] == member
    told = site.store.rows(
        "SELECT address FROM delivery JOIN message ON message.id = message WHERE kind = 'moved'"
    )
    assert [row["address"] for row in told] == ["ada@example.org"]
    assert server.send(link, confirm="yes").status == 200
