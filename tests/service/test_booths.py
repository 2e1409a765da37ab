"""A booth's sign-ups: exactly once, with time, words and helper in the ledger, and by the rules of the confirm mail."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import site as sites
from newsletter.core import clock, devices, errors
from newsletter.core import passes as rules
from newsletter.service import booths, consent, forgetting, members, passes
from newsletter.store import ledger
from tests.conftest import LIST_TOML, NOW
from tests.people import add_member, dump
from tests.service import asking
from tests.service.evening import SOUTH, booth, number, take

ADA = "ada@example.org"
ATTEST = LIST_TOML + 'booth = "attest"\n'


def signup(of: int = 1, address: str = ADA, **more: object) -> devices.Signup:
    return devices.Signup(number(of), address, **more)  # type: ignore[arg-type]


def states(opened: sites.Site, address: str = ADA) -> list[str]:
    return [one["state"] for one in members.show(opened, address)["subscriptions"]]


def told(opened: sites.Site, address: str = ADA) -> tuple[dict[str, object], dict[str, object]]:
    """The newest event of a member and its personal part."""
    event = ledger.of_member(opened.store, members.find(opened, address)["id"])[-1]
    return dict(event), json.loads(event["json"])


def test_who_signs_up_is_asked_by_mail(site, ticking) -> None:
    """`requested`, one confirm mail; the ledger has the device's time, the words, the helper and the link's maker."""
    token = booth(site)
    shown = booths.look(site, SOUTH, token)
    ticking.moment += timedelta(hours=3)
    one = signup(
        name="Ada Lovelace", fields={"company": "Engines"}, at=clock.iso(NOW + timedelta(hours=1)),
        wording=shown.wording_hash, collector="Grace",
    )  # fmt: skip

    assert take(site, token, one, now=clock.iso(NOW + timedelta(hours=3))) == ["taken"]

    assert states(site) == ["requested"] and asking.kinds(site) == ["confirm"]
    event, kept = told(site)
    assert (event["step"], event["channel"], event["actor"]) == ("requested", "booth", "person")
    assert event["effective_at"] == clock.iso(NOW + timedelta(hours=1))
    assert event["recorded_at"] == clock.iso(NOW + timedelta(hours=3))
    assert ledger.wording(site.store, str(event["wording"])) == site.mailing_list(SOUTH).wording
    assert (kept["collector"], kept["by"], kept["name"]) == ("Grace", "chair@example.org", "Ada Lovelace")
    assert consent.verify(site).ok


def test_sent_twice_it_counts_once(site) -> None:
    """The answer is the same; nothing is written, not even when the first answer was lost on its way."""
    token = booth(site)
    assert take(site, token, signup()) == ["taken"]
    before = dump(site)

    assert take(site, token, signup(), signup()) == ["taken", "taken"]

    assert dump(site) == before


def test_a_list_may_let_the_helper_vouch(make_site) -> None:
    """`booth = "attest"`: attested with the helper's name as proof; no confirm mail, unless the list always wants one."""
    opened = make_site(list_toml=ATTEST)
    assert take(opened, booth(opened), signup(collector="Grace")) == ["taken"]

    assert states(opened) == ["attested"] and asking.kinds(opened) == []
    event, kept = told(opened)
    assert (event["channel"], event["actor"], event["basis"]) == ("booth", "organiser", "consent")
    assert kept["collector"] == "Grace" and "typed by the person" in str(kept["statement"])

    strict = make_site(list_toml=ATTEST + 'confirm = "always"\n')
    take(strict, booth(strict), signup())
    assert states(strict) == ["attested"] and asking.kinds(strict) == ["confirm"]


def test_nobody_is_vouched_back(make_site) -> None:
    """Who left, or was forgotten with a keyed hash, is not put on by a helper: at most asked by mail."""
    opened = make_site(list_toml=ATTEST)
    add_member(opened, ADA, SOUTH)
    members.leave(opened, ADA, SOUTH)
    gone = add_member(opened, "gone@example.org", SOUTH)
    forgetting.forget(opened, gone, "person", "page", everything=False)

    token = booth(opened)
    assert take(opened, token, signup(), signup(2, "gone@example.org")) == ["taken", "taken"]

    assert states(opened) == ["requested"] and asking.kinds(opened) == ["confirm"]
    with pytest.raises(errors.NotFoundError):
        members.find(opened, "gone@example.org")


def test_nobody_is_bombed_from_a_booth(site) -> None:
    """T13: one confirm mail a day to one mailbox, however often and however it is typed, at the booth and on the web."""
    token = booth(site)
    asking.ask(site, "ada+web@example.org")
    spellings = [ADA, "ADA@example.org", "ada+x@example.org", "Ada@Example.ORG"]

    assert set(take(site, token, *(signup(n, one) for n, one in enumerate(spellings)))) == {"taken"}

    assert asking.kinds(site) == ["confirm"]


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (signup(address="nobody"), "address"),
        (signup(address="a@b\r\nBcc: c@d.example"), "address"),
        (signup(address="postmaster@example.org"), "role"),
        (signup(address="bounces+x@lists.example.org"), "role"),
        (signup(name="two\nlines"), "name"),
        (signup(name="x" * 201), "name"),
        (signup(fields={"company": "x" * 1001}), "name"),
        (signup(collector="\0"), "name"),
        (signup(wording="0" * 64), "wording"),
    ],
)
def test_what_is_wrong_with_a_sign_up(site, one: devices.Signup, verdict: str) -> None:
    """It is told, and nothing is written; corrected under the same number it is taken."""
    token = booth(site)
    before = dump(site)

    assert take(site, token, one) == [verdict]

    assert dump(site) == before
    assert take(site, token, signup()) == ["taken"]


def test_known_and_unknown_are_answered_alike(site) -> None:
    """T15: member, stranger, gone, blocked: the device hears the same."""
    add_member(site, ADA, SOUTH)
    add_member(site, "left@example.org", SOUTH)
    members.leave(site, "left@example.org", SOUTH)
    gone = add_member(site, "gone@example.org", SOUTH)
    forgetting.forget(site, gone, "person", "page", everything=False)
    people = [ADA, "left@example.org", "gone@example.org", "new@example.org"]

    assert set(take(site, booth(site), *(signup(n, one) for n, one in enumerate(people)))) == {"taken"}


def test_five_hundred_and_no_more(site, monkeypatch) -> None:
    """The rest is kept by the device and goes by a new link."""
    monkeypatch.setattr(rules, "SIGNUPS", 3)
    token = booth(site)
    people = [signup(n, f"p{n}@example.org") for n in range(5)]

    assert take(site, token, *people) == ["taken"] * 3 + ["full"] * 2

    assert booths.look(site, SOUTH, token).state == "full"
    assert take(site, booth(site), *people) == ["taken"] * 5


def test_a_device_may_be_late(site, ticking) -> None:
    """What it took in time comes in up to a week after the link's day; what it took afterwards waits for a new link."""
    token = booth(site)
    in_time, too_late = clock.iso(NOW + timedelta(hours=23)), clock.iso(NOW + timedelta(hours=25))
    ticking.moment = NOW + timedelta(days=6)
    now = clock.iso(ticking.moment)
    assert booths.look(site, SOUTH, token).state == "late"

    assert take(site, token, signup(at=in_time), signup(2, "ben@example.org", at=too_late), now=now) == [
        "taken",
        "over",
    ]

    assert told(site)[0]["effective_at"] == in_time
    assert take(site, booth(site), signup(2, "ben@example.org", at=too_late), now=now) == ["taken"]
    ticking.moment = NOW + timedelta(days=8, minutes=1)
    with pytest.raises(errors.NotFoundError):
        booths.look(site, SOUTH, token)
    assert take(site, token, signup(3, "cleo@example.org", at=in_time)) == ["over"]


def test_a_link_that_was_taken_back_takes_nobody(site) -> None:
    """At once; a new one takes what waits, with the words that were shown then."""
    token = booth(site)
    (gone,) = passes.take_back(site, lambda one: one.slug == SOUTH)
    assert gone.signups == 0 and booths.look(site, SOUTH, token).state == "ended"

    assert take(site, token, signup()) == ["over"]

    assert take(site, booth(site), signup()) == ["taken"]


def test_words_of_an_older_link_are_kept(make_site) -> None:
    """The list's words changed while a device was away: the ledger names those that the person saw."""
    opened = make_site()
    token = booth(opened)
    seen = booths.look(opened, SOUTH, token).wording_hash
    file = opened.root / "lists" / SOUTH / "list.toml"
    file.write_text(LIST_TOML.replace("about once a month", "about once a week"))
    again = sites.open_site(opened.root, running=opened.clock)
    newer = booth(again)
    assert booths.look(again, SOUTH, newer).wording_hash != seen

    assert take(again, newer, signup(wording=seen)) == ["taken"]

    assert told(again)[0]["wording"] == seen
    assert booths.look(again, SOUTH, token).offer.wording != again.mailing_list(SOUTH).wording
    again.close()


def test_links_open_their_own_booth(make_site) -> None:
    """Another list's path, a door's token, a wrong salt: not ours (T09)."""
    opened = make_site("board", SOUTH)
    token = booth(opened)
    wrong = [("board", token), (SOUTH, opened.tokens.make("door", 1, 1)), (SOUTH, "a" * 40), ("", token)]

    for slug, one in wrong:
        with pytest.raises(errors.NotFoundError):
            booths.look(opened, slug, one)
        with pytest.raises(errors.NotFoundError):
            take(opened, one, signup(), slug=slug)


def test_a_list_of_members_has_no_booth(make_site) -> None:
    """It is filled by the society."""
    opened = make_site(list_toml=LIST_TOML.replace('"consent"', '"membership"'))

    with pytest.raises(errors.RefusedError, match="filled by the society"):
        booth(opened)


@given(st.text(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "address", "fields", "at", "x"]), inner, max_size=5),
    max_leaves=12,
).map(json.dumps))  # fmt: skip
def test_any_device_is_read_or_refused(text: str) -> None:
    """Whatever it sends: sign-ups with numbers and texts, or one clear error."""
    try:
        found = devices.signups(text)
    except errors.InputError:
        return
    assert all(len(one.id) == 32 and isinstance(one.address, str) for one in found)


@pytest.mark.parametrize(
    "text", ["[" * 30_000, "[1,", '{"id": 1}', "[{}]" + " " * 10 + "x", json.dumps([{}] * 101)]
)
def test_hostile_json(text: str) -> None:
    """T39: nested, cut short, no list, too long."""
    with pytest.raises(errors.InputError):
        devices.signups(text)


@pytest.mark.parametrize(
    "said",
    [
        {"at": "2018-06-29T10:00:00Z\ud83d"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_device_that_says_nonsense_is_answered(site, said: dict[str, str]) -> None:
    """Half a character, or a time outside all years: the sign-up counts as of now, and holds up none that came with it."""
    token = booth(site)
    text = json.dumps(
        [{"id": number(1), "address": ADA, **said}, {"id": number(2), "address": "ben@example.org"}]
    )

    assert take(site, token, *devices.signups(text), now="9999-12-31T23:59:59-14:00") == ["taken", "taken"]
    assert told(site)[0]["effective_at"] == site.clock.iso()


def test_words_that_cannot_be_are_unknown_words(site) -> None:
    """Half a character in the hash of the words: the device keeps the sign-up, as for any words that were never ours."""
    text = json.dumps([{"id": number(1), "address": ADA, "wording": "\ud83d"}])

    assert take(site, booth(site), *devices.signups(text)) == ["wording"]
