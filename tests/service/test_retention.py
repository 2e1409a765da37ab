"""The clock's work, with a clock that jumps: what ends, what lapses, what is forgotten, and what stays."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from newsletter import settings
from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import consent, joining, members, mypage, retention, signup
from newsletter.store import suppressions
from tests import people
from tests.conftest import NEWSLETTER_TOML, NOW, FixedClock
from tests.service import asking
from tests.service.asking import SOUTH

DAY = timedelta(days=1)


def test_a_request_expires_after_seven_days_and_leaves_nothing(site: sites.Site, ticking: FixedClock) -> None:
    """At seven days the address, the row and the ledger's personal part are wiped; the chain stays whole."""
    asking.ask(site, "ada@example.org", name="Ada Lovelace")
    ticking.moment += 7 * DAY - timedelta(seconds=1)
    assert retention.run(site).expired == 0
    ticking.moment += timedelta(seconds=1)

    assert retention.run(site).expired == 1

    dump = "\n".join(people.dump(site)).lower()
    assert "ada@example.org" not in dump
    assert "lovelace" not in dump
    assert site.store.value("SELECT count(*) FROM subscription") == 0
    assert site.store.value("SELECT count(*) FROM consent_payload") == 0
    assert consent.verify(site).ok


def test_a_later_mail_keeps_the_request_alive(site: sites.Site, ticking: FixedClock) -> None:
    """While a link is out that can confirm it, a request stands."""
    asking.ask(site, "ada@example.org")
    ticking.moment += 5 * DAY
    asking.ask(site, "ada@example.org")
    ticking.moment += 3 * DAY

    assert retention.run(site).expired == 0
    ticking.moment += 4 * DAY
    assert retention.run(site).expired == 1


@pytest.mark.parametrize("before", ["unsubscribed", "objected", "held", "lapsed"])
def test_an_expired_request_gives_back_what_was_under_it(
    site: sites.Site, ticking: FixedClock, before: str
) -> None:
    """The person stands as before, with the same basis and date, and their row stays."""
    step = {"unsubscribed": "withdrawn", "objected": "objected", "held": "held", "lapsed": "lapsed"}[before]
    if before == "held":
        members.add(site, "ada@example.org", SOUTH, members.Basis("consent", "old list"))
    else:
        people.add_member(site, "ada@example.org", SOUTH)
        actor = "clock" if before == "lapsed" else "person"
        with site.store.write():
            consent.take(site, 1, SOUTH, step, consent.Proof(actor, "x"))  # type: ignore[arg-type]
    was = site.store.row("SELECT state, since, basis, source, until FROM subscription")
    asking.ask(site, "ada@example.org")
    assert asking.state(site, 1) == "requested"
    ticking.moment += 7 * DAY

    retention.run(site)

    now = site.store.row("SELECT state, since, basis, source, until FROM subscription")
    assert was is not None
    assert now is not None
    assert tuple(now) == tuple(was)
    assert members.find(site, "ada@example.org")["id"] == 1


def test_the_count_of_mails_outlives_the_request(site: sites.Site, ticking: FixedClock) -> None:
    """Three in all: wiping the address does not begin the count anew."""
    for _ in range(5):
        asking.ask(site, "ada@example.org")
        ticking.moment += 8 * DAY
        retention.run(site)

    assert asking.kinds(site) == ["confirm"] * 3


def test_pauses_end_on_their_day(site: sites.Site, ticking: FixedClock) -> None:
    """On the morning of the day the state before is back."""
    member = asking.join(site, "ada@example.org")
    mypage.pause(site, asking.me(site, member), date(2018, 7, 10))
    ticking.moment = datetime.fromisoformat("2018-07-09T23:59:59+00:00")
    assert retention.run(site).resumed == 0
    ticking.moment += timedelta(seconds=1)

    assert retention.run(site).resumed == 1
    assert asking.state(site, member) == "confirmed"


def test_memberships_lapse_after_their_last_day(site: sites.Site, ticking: FixedClock) -> None:
    """The last day counts; a pause does not save a basis that is over."""
    for address in ("ada@example.org", "bob@example.org"):
        members.add(site, address, SOUTH, members.Basis("membership", "register", until=date(2018, 12, 31)))
    members.pause(site, "bob@example.org", date(2019, 6, 1))
    ticking.moment = datetime.fromisoformat("2018-12-31T23:00:00+00:00")
    assert retention.run(site).lapsed == 0
    ticking.moment += timedelta(hours=1)

    assert retention.run(site).lapsed == 2
    assert [asking.state(site, member) for member in (1, 2)] == ["lapsed", "lapsed"]


def test_consent_sleeps_warned_at_18_and_lapsed_at_24_months(site: sites.Site, ticking: FixedClock) -> None:
    """Without a mail for two years consent is void in court; the organisers are warned half a year before."""
    member = asking.join(site, "ada@example.org")
    ticking.moment = NOW + 548 * DAY
    assert retention.warnings(site).dormant == {}
    ticking.moment += DAY
    assert retention.warnings(site).dormant == {SOUTH: 1}
    assert retention.run(site).lapsed == 0
    ticking.moment = NOW + 732 * DAY

    assert retention.run(site).lapsed == 1
    assert asking.state(site, member) == "lapsed"
    asking.ask(site, "ada@example.org")
    assert asking.state(site, member) == "requested", "a new word of theirs wakes it"


def test_a_mail_keeps_consent_awake(site: sites.Site, ticking: FixedClock) -> None:
    """What counts is the last mail, not the day of joining."""
    asking.join(site, "ada@example.org")
    site.store.execute("UPDATE subscription SET last_mail_at = '2020-01-01T00:00:00.000Z'")
    ticking.moment = NOW + 732 * DAY

    assert retention.run(site).lapsed == 0


def test_endings_are_announced(site: sites.Site, ticking: FixedClock) -> None:
    """Memberships that end within sixty days are counted by list."""
    members.add(
        site, "ada@example.org", SOUTH, members.Basis("membership", "register", until=date(2018, 9, 1))
    )

    assert retention.warnings(site).ending == {}
    ticking.moment += 10 * DAY
    assert retention.warnings(site).ending == {SOUTH: 1}


def test_whoever_left_long_ago_is_forgotten_but_not_their_no(site: sites.Site, ticking: FixedClock) -> None:
    """Three years after the end of the year; their keyed hash keeps imports of that list out."""
    member = asking.join(site, "ada@example.org")
    signup.leave(site, site.tokens.make("leave", people.add_message(site, SOUTH), member), "page")
    ticking.moment = datetime.fromisoformat("2021-12-30T00:00:00+00:00")
    assert retention.run(site).erased == 0
    ticking.moment = datetime.fromisoformat("2022-01-02T00:00:00+00:00")

    assert retention.run(site).erased == 1

    assert "ada@example.org" not in "\n".join(people.dump(site))
    with pytest.raises(errors.RefusedError, match="is suppressed"):
        people.add_member(site, "ada@example.org", SOUTH)
    assert consent.verify(site).ok


def test_a_backup_does_not_bring_back_the_forgotten(site: sites.Site) -> None:
    """Whoever is in a restored database although their keyed hash says "forgotten" is forgotten again."""
    member = asking.join(site, "ada@example.org")
    mac = members.find(site, "ada@example.org")["mac"]
    with site.store.write():
        suppressions.add(site.store, (mac,), "all", 0, "forgotten", site.clock.iso())

    assert retention.run(site).erased == 1

    assert asking.state(site, member) == "erased"
    assert "ada@example.org" not in "\n".join(people.dump(site))


def test_old_deliveries_keep_numbers_and_lose_people(site: sites.Site, ticking: FixedClock) -> None:
    """After 13 months address and answer go; state, code and the row stay. What is still due is left alone."""
    asking.join(site, "ada@example.org")
    site.store.execute(
        "UPDATE delivery SET state = 'sent', due_at = NULL, vals = NULL, code = 250, answer = 'ok ada@x' WHERE id = 1"
    )
    ticking.moment += 397 * DAY

    assert retention.run(site).pruned["deliveries"] == 1

    rows = site.store.rows("SELECT state, code, address, answer FROM delivery ORDER BY id")
    assert tuple(rows[0]) == ("sent", 250, "", None)
    assert rows[1]["address"] == "ada@example.org"


def test_the_clock_runs_once_an_hour(site: sites.Site, ticking: FixedClock) -> None:
    """A second call within the hour does nothing."""
    assert retention.run_if_due(site) is not None
    assert retention.run_if_due(site) is None
    ticking.moment += timedelta(hours=1)
    assert retention.run_if_due(site) is not None


def test_many_expire_page_by_page(site: sites.Site, ticking: FixedClock) -> None:
    """More than one transaction's worth is done in one run."""
    with site.store.write():
        for n in range(450):
            joining.ask(site, joining.Wanted(f"m{n}@example.org", (SOUTH,)))
    ticking.moment += 7 * DAY

    assert retention.run(site).expired == 450
    assert site.store.value("SELECT count(*) FROM member WHERE key IS NOT NULL") == 0


def test_each_period_is_a_key(make_site: Callable[..., sites.Site]) -> None:
    """[retention] takes each of them; what is not set keeps its default."""
    site = make_site(SOUTH, toml=NEWSLETTER_TOML + '\n[retention]\nrequests = "3d"\nbounces = "10d"\n')

    assert site.config.retention == settings.Retention(requests=3 * 86_400, bounces=10 * 86_400)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('requests = "15d"', "requests must be from 1d to 14d"),
        ('requests = "1h"', "must be at least 86400 seconds"),
        ('dormant = "400d"', "dormant_warning is longer than dormant"),
        ('proof = "3d"', "did you mean 'proofs'"),
    ],
)
def test_bad_periods_are_named(make_site: Callable[..., sites.Site], line: str, problem: str) -> None:
    """A period that breaks a promise, or a slip in a key, is an error of the configuration."""
    with pytest.raises(errors.ConfigError, match=problem):
        make_site(SOUTH, toml=f"{NEWSLETTER_TOML}\n[retention]\n{line}\n")
