"""The leave link over a real socket: what shows, what leaves, what changes nothing (standards L3-L15, threats T06-T18)."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import site as sites
from newsletter.core import tokens
from newsletter.service import consent, members, signup
from tests.conftest import FixedClock
from tests.people import add_member, add_message, dump

ONE_CLICK = b"List-Unsubscribe=One-Click"
BUTTON = b"leave=yes&list.south-hants-it=yes"
MULTIPART = (
    b'--xyz\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--xyz--\r\n',
    "multipart/form-data; boundary=xyz",
)


@pytest.fixture
def link(site: sites.Site) -> str:
    """The path of Ada's leave link."""
    member = add_member(site, "ada@example.org", "south-hants-it", name="Ada")
    return "/leave/" + site.tokens.make("leave", add_message(site, "south-hants-it"), member)


def state(site: sites.Site, address: str = "ada@example.org") -> str:
    return str(members.show(site, address)["subscriptions"][0]["state"])


def test_get_and_head_show_a_button_and_change_nothing(site, link, serve) -> None:
    """L10, T17: five GETs and HEADs leave the database byte for byte as it was; the page masks the address."""
    server, before = serve(site), dump(site)

    answers = [server.get(link, method) for _ in range(5) for method in ("GET", "HEAD")]

    assert {answer.status for answer in answers} == {200}
    assert "a****@example.org" in answers[0].body and "ada@" not in answers[0].body
    assert '<form method="post">' in answers[0].body and "South Hants IT" in answers[0].body
    assert answers[1].body == ""
    assert dump(site) == before


@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        (ONE_CLICK, "application/x-www-form-urlencoded; charset=UTF-8"),
        (ONE_CLICK, None),
        MULTIPART,
        (b"", None),
        (b"", "application/x-www-form-urlencoded"),
    ],
    ids=["urlencoded", "charset", "no type", "multipart", "empty", "empty form"],
)
def test_one_click_leaves_at_once(site, link, serve, body: bytes, kind: str | None, end: str) -> None:
    """L7-L9: a bare POST without cookies or origin leaves, in both encodings, is not redirected, sets no cookie."""
    answer = serve(site).post(link + end, body, kind)

    assert answer.status == 200
    assert "set-cookie" not in answer.headers and "location" not in answer.headers
    assert state(site) == "unsubscribed"


def test_leaving_again_and_again_is_one_event(site, link, serve) -> None:
    """T07: fifty POSTs, many at once, give fifty times 200 and one event in the ledger."""
    server = serve(site)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(server.post(link, ONE_CLICK).status)) for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [200] * 50
    assert site.store.value("SELECT count(*) FROM consent WHERE step = 'withdrawn'") == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"foo=bar", "application/x-www-form-urlencoded"),
        (b"List-Unsubscribe=no", "application/x-www-form-urlencoded"),
        (b"list-unsubscribe=One-Click-Please", "application/x-www-form-urlencoded"),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
    ],
)
def test_another_body_gets_the_page_with_its_button(site, link, serve, body: bytes, kind: str) -> None:
    """T18: a POST that is not RFC 8058's changes nothing, says so by its status, and shows the button."""
    server, before = serve(site), dump(site)

    answer = server.post(link, body, kind)

    assert answer.status == 400 and "<button" in answer.body
    assert dump(site) == before


def test_the_button_leaves_and_undo_brings_back_once(site, link, serve) -> None:
    """T47: the answer to the button's POST has an undo that works once and is an event of the ledger."""
    server = serve(site)
    answer = server.post(link, BUTTON)
    undo = re.search(r'name="undo" value="([a-z2-7]{40})"', answer.body)
    assert undo and state(site) == "unsubscribed"

    first = server.post(link, b"undo=" + undo[1].encode())
    second = server.post(link, b"undo=" + undo[1].encode())

    assert (first.status, second.status, state(site)) == (200, 409, "attested")
    steps = [row["step"] for row in site.store.rows("SELECT step FROM consent ORDER BY seq")]
    assert steps == ["attested", "withdrawn", "returned"]


def test_undo_ends_after_thirty_days(site, link, serve, ticking: FixedClock) -> None:
    """An undo token is good for 30 days, not a second longer."""
    token = link.removeprefix("/leave/")
    undo = signup.leave(site, token, "page").undo
    assert undo is not None
    ticking.moment += timedelta(days=30, seconds=1)

    assert serve(site).post(link, f"undo={undo}".encode()).status == 409
    assert state(site) == "unsubscribed"


def test_undo_of_another_member_is_refused(site, link, serve) -> None:
    """Ben's undo token does nothing on Ada's link."""
    ben = add_member(site, "ben@example.org", "south-hants-it")
    left = signup.leave(site, site.tokens.make("leave", 1, ben), "page")
    before = dump(site)

    answer = serve(site).post(link, f"undo={left.undo}".encode())

    assert answer.status == 404
    assert dump(site) == before


def test_whoever_left_stays_off_by_an_objection(site, link, serve) -> None:
    """An undo never lifts an objection that came after the leaving."""
    token = link.removeprefix("/leave/")
    left = signup.leave(site, token, "page")
    with site.store.write():
        consent.take(site, 1, "south-hants-it", "objected", consent.Proof("person", "page"))

    answer = serve(site).post(link, f"undo={left.undo}".encode())

    assert (answer.status, state(site)) == (409, "objected")


def test_due_mail_of_the_list_is_skipped(site, link, serve) -> None:
    """L12: what waits in the queue for this list does not go out; what waits for another list does."""
    queue = """INSERT INTO delivery (message, member, occasion, list, address, vals, state, due_at)
        VALUES (?, 1, ?, ?, 'ada@example.org', '{}', 'due', '2018-06-29T08:00:00.000Z')"""
    site.store.register_lists(("other",))
    with site.store.write():
        site.store.execute(queue, (1, "", site.store.list_ids["south-hants-it"]))
        site.store.execute(queue, (1, "2", site.store.list_ids["other"]))

    serve(site).post(link, ONE_CLICK)

    rows = site.store.rows("SELECT state, reason, due_at FROM delivery WHERE message = 1 ORDER BY occasion")
    assert [tuple(row) for row in rows] == [
        ("skipped", "left", None),
        ("due", None, "2018-06-29T08:00:00.000Z"),
    ]


def test_one_click_leaves_all_lists_of_the_mail_and_the_page_has_boxes(make_site, serve) -> None:
    """Design 5: of a mail to several lists one click leaves all; on the page the boxes say which."""
    opened = make_site("board", "futures", "letter")
    member = add_member(opened, "ada@example.org", "board", "futures", "letter")
    link = "/leave/" + opened.tokens.make("leave", add_message(opened, "board", "futures"), member)
    server = serve(opened)

    def states() -> list[str]:
        return [found["state"] for found in members.show(opened, "ada@example.org")["subscriptions"]]

    page = server.get(link).body
    assert page.count('type="checkbox"') == 2
    assert server.post(link, b"leave=yes").status == 400
    assert states() == ["attested"] * 3
    assert "Still on" in server.post(link, b"leave=yes&list.futures=yes").body
    assert states() == ["attested", "unsubscribed", "attested"]
    undo = re.search(r'value="([a-z2-7]{40})"', server.post(link, ONE_CLICK).body)
    assert states() == ["unsubscribed", "unsubscribed", "attested"]
    assert undo is not None


def test_undo_brings_back_all_lists_of_the_one_act(make_site) -> None:
    """One press left two lists; its undo brings both back, and no list that was left before."""
    opened = make_site("board", "futures", "letter")
    member = add_member(opened, "ada@example.org", "board", "futures", "letter")
    token = opened.tokens.make("leave", add_message(opened, "letter", "board", "futures"), member)
    signup.leave(opened, token, "page", ["letter"])
    opened.clock.moment += timedelta(minutes=1)

    undo = signup.leave(opened, token, "one-click").undo

    assert undo is not None
    assert [place.slug for place in signup.undo(opened, token, undo)] == ["board", "futures"]


def test_links_work_for_ever(site, link, serve, ticking: FixedClock) -> None:
    """T08, L13: ten years and a key rotation later, and after the member is erased, the answer is a 200."""
    key = tokens.Key(2, "token", b"n" * 32)
    file = site.root / sites.KEY_FILE
    sites.write_keys(file, (*sites.read_keys(file), key))
    ticking.moment += timedelta(days=3650)
    server = serve(site)

    assert server.get(link).status == 200
    assert server.post(link, ONE_CLICK).status == 200
    assert state(site) == "unsubscribed"
    with site.store.write():
        consent.take(site, 1, "south-hants-it", "erased", consent.Proof("person", "page"))
        site.store.execute("UPDATE member SET address = '', key = NULL WHERE id = 1")
    for answer in (server.get(link), server.post(link, ONE_CLICK)):
        assert answer.status == 200 and "not on the list" in answer.body


def test_a_list_taken_away_can_still_be_left(site, link, serve) -> None:
    """The folder of a list is gone from the configuration; the link still leaves it."""
    (site.root / "lists" / "south-hants-it" / "list.toml").unlink()

    answer = serve(site).post(link, ONE_CLICK)

    assert answer.status == 200 and "south-hants-it" in answer.body
    assert state(site) == "unsubscribed"


def test_a_list_made_after_the_server_started_can_be_left(site, serve) -> None:
    """A list that another process made meanwhile is found in the database."""
    server = serve(site)
    server.get("/healthz")
    folder = site.root / "lists" / "new"
    folder.mkdir()
    (folder / "list.toml").write_bytes((site.root / "lists" / "south-hants-it" / "list.toml").read_bytes())
    other = sites.open_site(site.root, running=site.clock)
    member = add_member(other, "eve@example.org", "new")
    link = "/leave/" + other.tokens.make("leave", add_message(other, "new"), member)

    assert server.post(link, ONE_CLICK).status == 200
    assert state(other, "eve@example.org") == "unsubscribed"
    other.close()


def forged(site: sites.Site, link: str) -> list[str]:
    """Wrong tokens of every kind: cut, changed, of another purpose, of another key, empty, huge, not ASCII."""
    good = link.removeprefix("/leave/")
    other = tokens.Tokens((tokens.Key(1, "token", b"x" * 32), tokens.Key(1, "suppression", b"y" * 32)))
    flipped = [good[:n] + ("a" if good[n] != "a" else "b") + good[n + 1 :] for n in range(0, 40, 3)]
    purposes = [site.tokens.make(purpose, 1, 1) for purpose in ("undo", "me", "confirm", "return")]
    return [
        *flipped, *purposes, other.make("leave", 1, 1), good[:-1], good + "a", "x", "a" * 40, "a" * 10_000,
        "%C3%A9" * 40, "%00" * 40, "1" * 40, "=" * 40, "..%2f" * 8,
    ]  # fmt: skip


def test_wrong_tokens_all_look_the_same(site, link, serve) -> None:
    """T06: every wrong token gives the same 404, byte for byte, by GET and POST, and writes nothing."""
    server, before = serve(site), dump(site)

    answers = {
        (answer.status, answer.body)
        for token in forged(site, link)
        for answer in (server.get("/leave/" + token), server.post("/leave/" + token, ONE_CLICK))
    }

    assert len(answers) == 1 and next(iter(answers))[0] == 404
    assert next(iter(answers))[1] == server.get("/nothing/here").body
    assert dump(site) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_made_up_token_is_ours(site: sites.Site, text: str) -> None:
    """Whatever text stands for a token: it opens nothing."""
    assert site.tokens.read("leave", text) is None


def test_a_full_disk_is_never_a_false_200(site, serve, monkeypatch) -> None:
    """7.3: the database cannot grow: those answered 200 have left, those answered 503 have not, and it says so."""
    message = add_message(site, "south-hants-it")
    people = [
        (f"m{n}@example.org", add_member(site, f"m{n}@example.org", "south-hants-it")) for n in range(60)
    ]
    with site.store.write():  # leave a few free pages in the file, so that the disk fills up on the way
        site.store.execute("CREATE TABLE filler (x BLOB) STRICT")
        site.store.execute("INSERT INTO filler VALUES (zeroblob(12000))")
    site.store.execute("DROP TABLE filler")
    connect = sites.engine.connect

    def small(path: Path):
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 1")  # the least it takes is what the file has now
        return connection

    monkeypatch.setattr(sites.engine, "connect", small)
    server = serve(site)

    answers = {
        address: server.post("/leave/" + site.tokens.make("leave", message, member), ONE_CLICK)
        for address, member in people
    }

    assert {answer.status for answer in answers.values()} == {200, 503}
    for address, answer in answers.items():
        assert state(site, address) == ("unsubscribed" if answer.status == 200 else "attested")
        if answer.status == 503:
            assert "try again" in answer.body and answer.headers["retry-after"] == "30"
    assert site.store.value("PRAGMA integrity_check") == "ok"


def test_a_locked_database_is_a_503_within_five_seconds(site, link, serve) -> None:
    """7.5: another program holds the database: a sentence after four seconds, and the leave works afterwards."""
    server = serve(site)
    site.store.execute("BEGIN EXCLUSIVE")
    try:
        answer = server.post(link, ONE_CLICK)
    finally:
        site.store.execute("ROLLBACK")

    assert answer.status == 503 and "locked" not in answer.body
    assert state(site) == "attested"
    assert server.post(link, ONE_CLICK).status == 200
    assert state(site) == "unsubscribed"
