"""Joining on the pages: what is shown, the one answer for everybody, the guards (threats T01, T04, T13-T15, T37, T46)."""

import html
import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import site as sites
from newsletter.service import consent, members, together
from newsletter.web import forms, limits, phrases
from newsletter.web import joining as page
from tests.conftest import LIST_TOML, NEWSLETTER_TOML, FixedClock
from tests.people import add_member, dump
from tests.web.conftest import Server, stamp

PATH = "/join/south-hants-it"
BEHIND_PROXY = (
    NEWSLETTER_TOML + '\n[web]\ntrusted_proxies = ["127.0.0.1"]\njoins_per_network = 3\njoins_per_list = 5\n'
)


def join(server: Server, site: sites.Site, address: str, path: str = PATH, more: str = "", **fields: str):
    """Fill the form as a person does, and send it."""
    return server.send(
        path, more, **{"stamp": stamp(site), "list__south-hants-it": "yes", "address": address, **fields}
    )


def mails(site: sites.Site, address: str) -> list[str]:
    """The kinds of the mails that wait for an address."""
    rows = site.store.rows(
        "SELECT kind FROM delivery JOIN message ON message.id = message WHERE delivery.address = ? ORDER BY delivery.id",
        (address,),
    )
    return [row["kind"] for row in rows]


def test_the_form_shows_the_wording_and_ticks_nothing(make_site, serve) -> None:
    """Each list with the exact words to agree to, no box ticked, only the address required."""
    opened = make_site("board", "futures")
    body = html.unescape(serve(opened).get("/join").body)

    wording = opened.mailing_list("board").wording
    assert body.count(wording) == 2
    assert body.count('type="checkbox"') == 2 and " checked" not in body
    assert body.count(" required") == 1 and 'autocomplete="email"' in body
    assert "Company" in body and "Sector" in body


def test_a_membership_list_cannot_be_joined(make_site, serve) -> None:
    """A list that rests on membership, and one that is not there, look the same: there is nothing here."""
    opened = make_site("board", list_toml=LIST_TOML.replace('"consent"', '"membership"'))
    server = serve(opened)

    assert server.get("/join/board").status == server.get("/join/nobody").status == 404
    assert server.get("/join/board").body == server.get("/join/nobody").body == server.get("/nothing").body
    assert "No list can be joined" in server.get("/join").body


def test_every_address_gets_the_same_answer(site, serve) -> None:
    """T15: new, member, requested, unsubscribed, objected, blocked, suppressed: one page, byte for byte."""
    server = serve(site)
    for name in ("member", "gone", "objected"):
        add_member(site, f"{name}@example.org", "south-hants-it")
    with site.store.write():
        consent.take(site, 2, "south-hants-it", "withdrawn", consent.Proof("person", "page"))
        consent.take(site, 3, "south-hants-it", "objected", consent.Proof("person", "page"))
        site.store.execute(
            "INSERT INTO suppression (mac, scope, list, reason, at) VALUES (?, 'all', 0, 'blocked', '')",
            (consent.macs(site, "blocked@example.org")[0],),
        )
    join(server, site, "asked@example.org")
    names = ("new", "member", "asked", "gone", "objected", "blocked")

    answers = [join(server, site, f"{name}@example.org") for name in names]

    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert len({tuple(sorted(set(answer.headers) - {"date"})) for answer in answers}) == 1
    assert "@example.org" not in answers[0].body.replace("chair@example.org", "")
    found = {name: mails(site, f"{name}@example.org") for name in names}
    assert found["new"] == found["asked"] == found["gone"] == found["objected"] == ["confirm"]
    assert (found["member"], found["blocked"]) == (["already"], [])


def test_the_wording_seen_is_kept_by_its_hash(site, serve) -> None:
    """The ledger says what was agreed to: the very text, the form and what was typed."""
    join(serve(site), site, " Ada@Example.ORG ", name="Ada")

    row = site.store.row(
        """SELECT text, json, state FROM consent JOIN wording ON wording.hash = consent.wording
        JOIN consent_payload USING (seq) WHERE step = 'requested'"""
    )
    told = json.loads(row["json"])
    assert row["text"] == site.mailing_list("south-hants-it").wording
    assert (told["form"], told["typed"], told["name"], row["state"]) == (
        PATH,
        "Ada@Example.ORG",
        "Ada",
        "requested",
    )


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"address": "ada"}, "address"),
        ({"address": ""}, "address"),
        ({"address": "ada@example.org\r\nBcc: v@example.org"}, "address"),
        ({"address": "a" * 300 + "@example.org"}, "address"),
        ({"address": "postmaster@example.org"}, "address"),
        ({"address": "bounces@lists.example.org"}, "address"),
        ({"name": "Ada\nBcc: v@example.org"}, "name"),
        ({"name": "A" * 300}, "name"),
        ({"field__company": "x\u2028y"}, "field.company"),
    ],
)
def test_a_fault_is_shown_at_its_place_and_nothing_is_lost(site, serve, fields, place) -> None:
    """T01, T37: a 400 with the fault beside its field, what was typed still there, and nothing written."""
    server, before = serve(site), dump(site)

    answer = join(server, site, **{"address": "ada@example.org", "name": "Grace", **fields})

    assert answer.status == 400
    assert f'id="{place}-wrong"' in answer.body and answer.body.count('class="wrong"') == 1
    assert 'role="alert"' in answer.body
    if "name" not in fields:
        assert 'value="Grace"' in answer.body
    assert dump(site) == before


def test_a_choice_of_none_is_a_fault(make_site, serve) -> None:
    """On the page of all lists at least one must be ticked."""
    opened = make_site("board", "futures")

    answer = serve(opened).send("/join", stamp=stamp(opened), address="ada@example.org")

    assert answer.status == 400 and 'id="lists-wrong"' in answer.body


def test_ticked_boxes_stay_ticked(make_site, serve) -> None:
    """A fault elsewhere does not lose the choice."""
    opened = make_site("board", "futures")

    body = serve(opened).send("/join", stamp=stamp(opened), address="x", list__board="yes").body

    assert re.search(r'name="list\.board"[^>]* checked', body)
    assert not re.search(r'name="list\.futures"[^>]* checked', body)


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"website": "https://spam.example"}, "wrong_trap"),
        ({"stamp": ""}, "wrong_old"),
        ({"stamp": "aeaaaaabaaaaaaknqv6i45gdee4iirvsi7uvtkiz"}, "wrong_old"),
    ],
)
def test_programs_are_asked_once_more(site, serve, change, phrase) -> None:
    """The trap field and a missing or forged stamp send nothing, and say what to do."""
    answer = join(serve(site), site, "ada@example.org", **change)

    assert answer.status == 400 and phrases.of("en")[phrase] in html.unescape(answer.body)
    assert mails(site, "ada@example.org") == []


def test_nobody_types_within_two_seconds(site, serve, ticking: FixedClock) -> None:
    """Posted at once: asked again with the same stamp, which is good two seconds after it was made."""
    server = serve(site)
    now = re.search(r'name="stamp" value="(\w{40})"', server.get(PATH).body)
    assert now

    first = join(server, site, "ada@example.org", stamp=now[1])
    ticking.moment += timedelta(seconds=2)
    second = join(server, site, "ada@example.org", stamp=now[1])

    assert (first.status, second.status) == (400, 200)
    assert now[1] in first.body


def test_a_page_of_yesterday_is_shown_anew(site, serve, ticking: FixedClock) -> None:
    """A stamp older than a day is replaced by a new one; what was typed stays."""
    old = stamp(site)
    ticking.moment += timedelta(days=1, seconds=1)

    answer = join(serve(site), site, "ada@example.org", stamp=old)

    assert answer.status == 400 and old not in answer.body and 'value="ada@example.org"' in answer.body


def test_a_network_has_its_limit_and_others_theirs(make_site, serve) -> None:
    """T13: the fourth post of a network in an hour is a 429 that says when; another network goes on; the list has a limit."""
    opened = make_site("south-hants-it", toml=BEHIND_PROXY)
    server = serve(opened)

    def by(address: str, number: int):
        return join(server, opened, f"p{number}@example.org", more=f"X-Forwarded-For: {address}\r\n")

    one = [by("192.0.2.7", number).status for number in range(4)]
    refused = by("192.0.2.8", 5)
    other = [by(f"198.51.{number}.1", 10 + number).status for number in range(4)]

    assert one == [200, 200, 200, 429]
    assert refused.status == 429 and 3500 < int(refused.headers["retry-after"]) <= 3600
    assert other == [200, 200, 429, 429]  # five for the list


def test_a_forged_forwarded_for_counts_nothing(make_site, serve) -> None:
    """Without trusted_proxies, X-Forwarded-For is a visitor's word and not believed."""
    toml = BEHIND_PROXY.replace('["127.0.0.1"]', "[]")
    opened = make_site("south-hants-it", toml=toml)
    server = serve(opened)

    found = [
        join(server, opened, f"p{n}@example.org", more=f"X-Forwarded-For: 192.0.{n}.1\r\n").status
        for n in range(4)
    ]

    assert found == [200, 200, 200, 429]


def test_leaving_has_no_limit(make_site, serve) -> None:
    """A provider posts the leaves of many members from one network: all are taken."""
    opened = make_site(
        "south-hants-it", toml=BEHIND_PROXY.replace("joins_per_network = 3", "joins_per_network = 1")
    )
    server = serve(opened)
    links = [
        "/leave/" + opened.tokens.make("leave", 1, add_member(opened, f"m{n}@example.org", "south-hants-it"))
        for n in range(8)
    ]

    assert [server.post(link, b"List-Unsubscribe=One-Click").status for link in links] == [200] * 8


def spelled(number: int) -> str:
    """The victim's address in another spelling each time."""
    local, domain = ("vic.tim", "gmail.com")
    forms_of_it = (
        f"{local}+{number}@{domain}", f"VIC.TIM@{domain}", f"v.i.c.t.i.m@{domain}", "victim@googlemail.com",
        f"Victim+x{number}@GMAIL.com", f"vict.im@{domain}",
    )  # fmt: skip
    return forms_of_it[number % len(forms_of_it)]


def test_list_bombing(make_site, ticking: FixedClock) -> None:
    """T13: 10,000 posts for one victim from 1,000 networks in all spellings, on two lists: one mail that day, three for ever."""
    toml = NEWSLETTER_TOML + "\n[web]\njoins_per_network = 1000000\njoins_per_list = 1000000\n"
    opened = make_site("south-hants-it", "futures", toml=toml)
    counted, mark = limits.Limits(opened.clock.monotonic), stamp(opened)

    def act(number: int):
        slug = ("south-hants-it", "futures")[number % 2]
        form = {"stamp": (mark,), "address": (spelled(number),), f"list.{slug}": ("yes",)}
        visit = forms.Visit(f"10.{number % 1000 // 256}.{number % 256}.0/24", counted)
        return lambda one: page.post(one, "", form, visit)

    for start in range(0, 10_000, 100):
        answers = together.run(opened, [act(number) for number in range(start, start + 100)])
        assert not [answer for answer in answers if isinstance(answer, Exception)]
    first_day = opened.store.value("SELECT count(*) FROM delivery")
    for _ in range(30):
        ticking.moment += timedelta(days=1, seconds=1)
        mark = stamp(opened)
        together.run(opened, [act(number) for number in range(6)])

    assert first_day == 1
    assert opened.store.value("SELECT count(*) FROM delivery") <= 3


def test_a_post_made_by_another_site_is_refused(site, serve) -> None:
    """Public forms refuse Sec-Fetch-Site: cross-site; leaving refuses nothing."""
    server, more = serve(site), "Sec-Fetch-Site: cross-site\r\n"
    member = add_member(site, "ada@example.org", "south-hants-it")
    before = dump(site)

    found = [
        server.send(path, more, confirm="yes").status for path in (PATH, "/join", "/me", "/c/x", "/me/x")
    ]

    assert found == [403] * 5 and dump(site) == before
    link = "/leave/" + site.tokens.make("leave", 1, member)
    assert server.post(link, b"List-Unsubscribe=One-Click", more=more).status == 200


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_form_speaks_the_list_s_language(make_site, serve, language: str) -> None:
    """Form, faults and answer are in the list's language."""
    opened = make_site("board", list_toml=LIST_TOML + f'language = "{language}"\n')
    server, say = serve(opened), phrases.of(language)

    form = html.unescape(server.get("/join/board").body)
    fault = html.unescape(server.send("/join/board", stamp=stamp(opened), address="x").body)
    answer = server.send("/join/board", stamp=stamp(opened), address="ada@example.org", list__board="yes")

    assert say["join_button"] in form and f'<html lang="{language}"' in form
    assert say["wrong_address"] in fault
    assert say["asked_title"] in html.unescape(answer.body)


_FORM = st.dictionaries(
    st.sampled_from(
        ["address", "name", "stamp", "website", "list.south-hants-it", "list.x", "field.company", "field.nobody", "do",
         "until", "how", "sure", "confirm", "block", "leave", "undo"]
    ),
    st.text(max_size=60) | st.sampled_from(["yes", "leave", "pause", "move", "forget", "copy", "edit", "all", "keep"]),
    max_size=8,
)  # fmt: skip


def test_no_form_and_no_token_gives_a_500(site, serve) -> None:
    """Issue 3: whatever is posted to whatever path, the answer is a page and never a broken one."""
    server = serve(site)
    member = add_member(site, "ada@example.org", "south-hants-it")
    good = {
        purpose: site.tokens.make(purpose, 1, member)
        for purpose in ("confirm", "block", "me", "fresh", "leave")
    }
    paths = [
        "/join", PATH, "/me", f"/c/{good['confirm']}", f"/c/{good['block']}", f"/me/{good['me']}",
        f"/me/{good['fresh']}", f"/leave/{good['leave']}", "/c/x", "/me/%00", "/join/%2e%2e%2f", "/join/x'--",
    ]  # fmt: skip
    mark = stamp(site)

    @given(path=st.sampled_from(paths), fields=_FORM)
    def check(path: str, fields: dict[str, str]) -> None:
        filled = {"stamp": mark, **fields}
        answer = server.post(path, forms_body(filled))
        assert answer.status in (200, 400, 403, 404, 409, 410, 413, 429), answer.body

    check()


def forms_body(fields: dict[str, str]) -> bytes:
    """A form's body, whatever its texts are."""
    from urllib.parse import urlencode

    return urlencode(fields, errors="surrogatepass").encode()


def test_names_of_strangers_are_text(site, serve) -> None:
    """T02, T04: markup and template code in what was typed come back as text."""
    evil = "<script>alert(1)</script>{{7*7}}"

    answer = join(serve(site), site, "no-address", name=evil)

    assert (
        "<script>" not in answer.body and html.escape("<script>") in answer.body and "{{7*7}}" in answer.body
    )


def test_whole_way_in(site, serve) -> None:
    """Ask on the page, open the link, press the button, and be on the list; the welcome waits."""
    server = serve(site)
    join(server, site, "ada@example.org", name="Ada Lovelace", field__company="Engines")
    member = members.find(site, "ada@example.org")["id"]
    link = "/c/" + site.tokens.make("confirm", site.store.value("SELECT max(id) FROM request"), member)

    shown = server.get(link)
    pressed = server.send(link, confirm="yes")

    assert shown.status == pressed.status == 200
    assert members.show(site, "ada@example.org")["subscriptions"][0]["state"] == "confirmed"
    assert members.show(site, "ada@example.org")["name"] == "Ada Lovelace"
    assert mails(site, "ada@example.org") == ["confirm", "welcome"]
