"""A meeting's door: what a link shows and takes, and when it ends."""

from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import clock, errors
from newsletter.core.devices import DeviceTick, Signup
from newsletter.service import attendance, booths, doors, members, passes
from tests.conftest import LIST_TOML, NOW
from tests.service import asking, evening
from tests.service.evening import SLUG, SOUTH, number

WALK_IN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def met(site: sites.Site) -> sites.Site:
    """The meeting of the tests' evening."""
    evening.meet(site)
    return site


def at(hours: float) -> str:
    return clock.iso(NOW + timedelta(hours=hours))


def test_a_door_shows_names_alone(met) -> None:
    """Who may come, by name; no address, no note, no field of anybody."""
    found = doors.look(met, SLUG, evening.door(met))

    assert [one.name for one in found.guests] == ["Ada Smith", "Ben Smith", "Cleo Smith"]
    assert found.state == "open" and found.booth is not None and "@example.org" not in str(found.guests)


def test_two_devices_agree(met) -> None:
    """Each sends what it has, in its own time and late; both see the same in the end."""
    first, second = evening.door(met), evening.door(met)
    doors.take(met, SLUG, first, [DeviceTick("m1", True, at(-1)), DeviceTick("m2", True, at(-3))], at(0))
    doors.take(
        met,
        SLUG,
        second,
        [DeviceTick("m2", False, at(-2)), DeviceTick(WALK_IN, True, at(-1), "Walter")],
        at(0),
    )

    for token in (first, second):
        came = {one.person for one in doors.look(met, SLUG, token).guests if one.came}
        assert came == {"m1", WALK_IN}


def test_a_device_whose_clock_is_wrong(met) -> None:
    """Its ticks are put where they belong by how long ago they were: years behind, and years ahead."""
    token = evening.door(met)
    behind, ahead = NOW - timedelta(days=900), NOW + timedelta(days=900)
    doors.take(
        met, SLUG, token, [DeviceTick("m1", True, clock.iso(ahead - timedelta(hours=2)))], clock.iso(ahead)
    )

    doors.take(
        met, SLUG, token, [DeviceTick("m1", False, clock.iso(behind - timedelta(hours=1)))], clock.iso(behind)
    )

    assert attendance.tell(met, SLUG)["came"] == 0


def test_heads_are_counted(met) -> None:
    """What is no number says nothing."""
    token = evening.door(met)
    for count in ("x", "-1", "1e9", "9999999", "²", ""):
        doors.take(met, SLUG, token, [], at(0), count=count, counted_at=at(0))
        assert attendance.tell(met, SLUG)["counted"] is None

    doors.take(met, SLUG, token, [], at(0), count="23", counted_at=at(0))

    assert attendance.tell(met, SLUG)["people"] == 23


def test_a_walk_in_may_sign_up(met) -> None:
    """With the booth's words and rules, by the door's own channel, once."""
    token = evening.door(met)
    one = Signup(number(1), "walter@example.org", "Walter", at=at(0))
    for _ in range(2):
        assert doors.take(met, SLUG, token, [], at(0), signups=[one]) == (True, {number(1): "taken"})

    (found,) = members.show(met, "walter@example.org")["subscriptions"]
    assert found["state"] == "requested" and asking.kinds(met) == ["confirm"]
    assert met.store.value("SELECT channel FROM consent ORDER BY seq DESC LIMIT 1") == "door"
    with pytest.raises(errors.NotFoundError):
        booths.look(met, SOUTH, token)


def test_a_society_s_door_signs_nobody_up(make_site) -> None:
    """Its list rests on membership: ticks work, and there is nothing to agree to."""
    opened = make_site(list_toml=LIST_TOML.replace('"consent"', '"membership"'))
    wanted = evening.meetings.Wanted(SLUG, "Annual meeting", "2018-09-13 18:00")
    evening.meetings.new(opened, opened.mailing_list(SOUTH), wanted)
    token = evening.door(opened)

    assert doors.look(opened, SLUG, token).booth is None
    assert doors.take(opened, SLUG, token, [DeviceTick(WALK_IN, True, at(0), "Walter")], at(0))[0]
    assert attendance.tell(opened, SLUG)["walk_ins"] == 1


def test_after_its_day_a_door_shows_nobody(met, ticking) -> None:
    """But takes what was ticked in time, for a week; what was ticked afterwards the device keeps."""
    token = evening.door(met)
    ticking.moment = NOW + timedelta(days=3)
    found = doors.look(met, SLUG, token)
    assert (found.state, found.guests, found.booth) == ("late", (), None)

    took, _ = doors.take(
        met, SLUG, token, [DeviceTick("m1", True, at(5)), DeviceTick("m2", True, at(30))], at(72)
    )

    assert not took and attendance.tell(met, SLUG)["names"] == ["Ada Smith"]
    ticking.moment = NOW + timedelta(days=8, minutes=1)
    with pytest.raises(errors.NotFoundError):
        doors.look(met, SLUG, token)


def test_a_door_that_was_taken_back(met) -> None:
    """Shows nobody and takes nothing, at once; the device keeps it for a new link."""
    token = evening.door(met)
    passes.take_back(met, lambda one: one.kind == "door")
    ticks = [DeviceTick("m1", True, at(0))]

    assert doors.look(met, SLUG, token).guests == ()
    assert doors.take(met, SLUG, token, ticks, at(0))[0] is False
    assert attendance.tell(met, SLUG)["came"] == 0
    assert doors.take(met, SLUG, evening.door(met), ticks, at(0))[0]


def test_links_open_their_own_door(met) -> None:
    """Another meeting's path, a booth's token, guesses: not ours."""
    token = evening.door(met)
    evening.meetings.new(
        met, met.mailing_list(SOUTH), evening.meetings.Wanted("other", "Other", "2018-10-11 18:00")
    )
    for slug, one in (("other", token), ("nowhere", token), (SLUG, evening.booth(met)), (SLUG, "a" * 40)):
        with pytest.raises(errors.NotFoundError):
            doors.look(met, slug, one)


@pytest.mark.parametrize("booth", ["confirm", "attest"])
def test_a_door_puts_nobody_on_a_list_that_takes_nobody(make_site, booth: str) -> None:
    """The society fills it: whatever a device sends, nobody gets onto it, and the ticks that came along still count."""
    rule = LIST_TOML.replace('basis = "consent"', 'basis = "membership"') + f'booth = "{booth}"\n'
    site = make_site(list_toml=rule)
    evening.meet(site)
    before = site.store.value("SELECT count(*) FROM subscription")

    told = doors.take(
        site, SLUG, evening.door(site), [DeviceTick(WALK_IN, True, "", "Walk In")], "",
        signups=[Signup(number(1), "stranger@example.org")],
    )  # fmt: skip

    assert told == (True, {number(1): "over"})
    assert site.store.value("SELECT count(*) FROM subscription") == before and asking.kinds(site) == []
    assert attendance.tell(site, SLUG)["names"] == ["Walk In"]


def test_a_list_that_is_gone_loses_no_ticks(make_site, ticking) -> None:
    """Its folder was taken out while the door was open: the device keeps the sign-up, and the ticks count."""
    site = make_site(SOUTH, "other")
    evening.meet(site)
    token = evening.door(site)
    site.close()
    (site.root / "lists" / SOUTH).rename(site.root / "gone")
    again = sites.open_site(site.root, running=ticking)

    told = doors.take(
        again, SLUG, token, [DeviceTick("m1", True, "")], "", signups=[Signup(number(1), "x@example.org")]
    )

    assert told == (True, {number(1): "over"}) and attendance.tell(again, SLUG)["came"] == 1
    again.close()
