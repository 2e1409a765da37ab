"""What follows an invitation: planned at its first send, queued once by the clock, only to those whom it is for."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from newsletter import site as sites
from newsletter.compose import message, stamp
from newsletter.core import clock, errors
from newsletter.core import rsvps as rules
from newsletter.service import (
    amending,
    backups,
    following,
    meeting_changes,
    outbox,
    queueing,
    reminding,
    rsvps,
)
from newsletter.service import meetings as plans
from tests.conftest import LIST_TOML, NEWSLETTER_TOML, FixedClock
from tests.service import coming, outgoing

SLUG = coming.SLUG
ID = "south-hants-it/2018-06-29-recap"  # the file that outgoing.edition writes
SECOND = datetime.fromisoformat("2018-09-06T09:00:00+00:00")
FREE = datetime.fromisoformat("2018-09-11T09:00:00+00:00")
BEFORE = datetime.fromisoformat("2018-09-12T09:00:00+00:00")
NAMES = ["ann", "ben", "cem", "dea"]


@pytest.fixture
def invited(site: sites.Site) -> sites.Site:
    """Ann, Ben, Cem and Dea were invited on 29 June to the meeting of 13 September, and the mail went out."""
    return invite(site)


def invite(site: sites.Site, text: str = coming.EDITION) -> sites.Site:
    outgoing.fill(site, [f"{name}@example.org" for name in NAMES])
    coming.invite(site, text)
    gone(site)
    return site


def gone(site: sites.Site) -> None:
    """All that is due has gone out."""
    now = site.clock.iso()
    with site.store.write():
        site.store.execute(
            "UPDATE delivery SET state = 'sent', due_at = NULL, vals = NULL WHERE due_at <= ?", (now,)
        )
        site.store.execute("UPDATE edition SET state = 'done' WHERE send_at <= ?", (now,))


def answer(site: sites.Site, name: str, given: str) -> None:
    member = site.store.value("SELECT id FROM member WHERE key = ?", (f"{name}@example.org",))
    rsvps.answer(site, coming.token(site, member, 1), rules.Rsvp(given))  # type: ignore[arg-type]


def run(site: sites.Site, ticking: FixedClock, at: datetime) -> list[str]:
    ticking.moment = at
    return reminding.run_due(site)


def went(site: sites.Site, edition: str) -> dict[str, str]:
    """Who is in an edition, by name: the template of their message, or why they stay out."""
    rows = site.store.rows(
        """SELECT d.address, d.state, d.reason, g.kind FROM delivery d JOIN message g ON g.id = d.message
        WHERE g.edition = ? ORDER BY d.address""",
        (edition,),
    )
    return {row["address"].partition("@")[0]: row["reason"] or row["kind"] for row in rows}


def mail(site: sites.Site, edition: str, name: str) -> EmailMessage:
    """A member's copy, stamped."""
    row = site.store.row(
        """SELECT g.id, g.frozen, d.shape, d.member, d.address, d.vals FROM delivery d JOIN message g ON g.id = d.message
        WHERE g.edition = ? AND d.address = ?""",
        (edition, f"{name}@example.org"),
    )
    assert row is not None
    import json

    frozen = message.Message.from_json(row["frozen"])
    tokens = {
        f"token_{one}": site.tokens.make(one, row["id"], row["member"])  # type: ignore[arg-type]
        for one in frozen.purposes
    }
    raw = stamp.Stamp(frozen, row["shape"]).copy(
        {**json.loads(row["vals"]), **tokens, "email": row["address"]}
    )
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(found: EmailMessage) -> str:
    part = found.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def shown(site: sites.Site) -> dict[str, str]:
    """Each reminder's state, with the reason where it was dropped."""
    return {
        one["reminder"]: f"{one['state']} {one['reason']}".strip()
        for one in plans.show(site, SLUG)["reminders"]
    }


# ---- the plan


def test_the_plan_is_shown_before_the_first_is_sent(site: sites.Site) -> None:
    """When each goes in words, to how many as of now; a plan writes nothing."""
    outgoing.fill(site, [f"{name}@example.org" for name in NAMES])

    plan = queueing.plan(site, outgoing.edition(site, coming.EDITION), queueing.Order())

    assert [(one.name, one.when, one.readers.to) for one in plan.following] == [
        ("second-notice", "Thursday 6 September 2018, 10:00", {"silent": 4}),
        ("free-place", "Tuesday 11 September 2018, 10:00", {"yes": 0, "maybe": 0}),
        ("day-before", "Wednesday 12 September 2018, 10:00", {"yes": 0}),
    ]
    assert site.store.value("SELECT count(*) FROM reminder") == 0


def test_the_first_send_freezes_the_plan(invited: sites.Site) -> None:
    """A row for each, waiting; the numbers follow the answers."""
    answer(invited, "ann", "yes")
    answer(invited, "ben", "maybe")

    assert [(one["state"], one["to"]) for one in plans.show(invited, SLUG)["reminders"]] == [
        ("waiting", {"silent": 2}), ("waiting", {"yes": 1, "maybe": 1}), ("waiting", {"yes": 1}),
    ]  # fmt: skip


def test_a_recap_is_followed_by_nothing(site: sites.Site) -> None:
    """Also one with a next meeting: it tells of another one."""
    invite(site, coming.EDITION.replace('kind = "invitation"', 'kind = "recap"'))

    assert shown(site) == {}


def test_a_second_invitation_starts_no_second_series(invited: sites.Site) -> None:
    """The plan of the first stands, and the plan of the second shows none."""
    before = invited.store.rows("SELECT * FROM reminder ORDER BY name")
    path = outgoing.edition(invited, coming.EDITION.replace("Bring a question", "Bring two"), stem="again")

    plan = queueing.plan(invited, path, queueing.Order())
    queueing.queue(invited, path, queueing.Order())

    assert plan.following == ()
    assert [tuple(row) for row in invited.store.rows("SELECT * FROM reminder ORDER BY name")] == [
        tuple(row) for row in before
    ]


# ---- whom they go to


def test_the_second_notice_goes_to_the_silent_alone(invited: sites.Site, ticking: FixedClock) -> None:
    """Whoever said yes, no or maybe is out of it, with a row that says why; class M like the invitation."""
    for name, given in (("ann", "yes"), ("ben", "maybe"), ("cem", "no")):
        answer(invited, name, given)

    assert run(invited, ticking, SECOND) == [f"{ID}-second-notice"]

    assert went(invited, f"{ID}-second-notice") == {
        "ann": "answered",
        "ben": "answered",
        "cem": "answered",
        "dea": "invitation",
    }
    found = mail(invited, f"{ID}-second-notice", "dea")
    assert found["Subject"] == "Second notice: Come to our second meeting"
    assert found["List-Unsubscribe-Post"] and not found["Auto-Submitted"]
    text = text_of(found)
    assert text.index("a second notice") < text.index("it would be good to see you there")
    assert "Thursday 13 September 2018, 18:00 to 19:00" in text


def test_free_your_place_goes_to_the_yes_and_asks_the_maybe(invited: sites.Site, ticking: FixedClock) -> None:
    """Class T: no list fields, marked as written by a program; one link to the answer's page."""
    answer(invited, "ann", "yes")
    answer(invited, "ben", "maybe")
    answer(invited, "cem", "no")

    run(invited, ticking, SECOND)
    assert run(invited, ticking, FREE) == [f"{ID}-free-place"]

    assert went(invited, f"{ID}-free-place") == {"ann": "free_place", "ben": "undecided"}
    found = mail(invited, f"{ID}-free-place", "ann")
    assert (found["Subject"], found["Auto-Submitted"], found["List-Id"], found["List-Unsubscribe"]) == (
        "Still coming? Come to our second meeting", "auto-generated", None, None,
    )  # fmt: skip
    text = text_of(found)
    assert "Dear Ann," in text and "free your place" in text
    assert text.count("/rsvp/") == 1
    assert "because you answered our invitation" in " ".join(text.split())
    assert mail(invited, f"{ID}-free-place", "ben")["Subject"] == "Will you come? Come to our second meeting"


def test_the_day_before_goes_to_the_yes_alone(invited: sites.Site, ticking: FixedClock) -> None:
    """A maybe was asked to decide, and is not reminded of what they did not promise."""
    answer(invited, "ann", "yes")
    answer(invited, "ben", "maybe")

    run(invited, ticking, FREE)
    run(invited, ticking, BEFORE)

    assert went(invited, f"{ID}-day-before") == {"ann": "day_before"}
    assert "See you there." in text_of(mail(invited, f"{ID}-day-before", "ann"))


def test_who_said_yes_an_hour_ago_is_not_asked_to_free_the_place(
    invited: sites.Site, ticking: FixedClock
) -> None:
    """The receipt has just told them everything."""
    answer(invited, "ann", "yes")
    ticking.moment = FREE - timedelta(hours=1)
    answer(invited, "ben", "yes")

    run(invited, ticking, FREE)

    assert went(invited, f"{ID}-free-place") == {"ann": "free_place", "ben": "answered"}


def test_who_joined_or_was_invited_yesterday_is_not_asked_again(
    invited: sites.Site, ticking: FixedClock
) -> None:
    """A new member's welcome named the meeting; --missing invited another one a day ago; an older newcomer is asked."""
    ticking.moment = SECOND - timedelta(days=5)
    outgoing.fill(invited, ["eve@example.org"])
    outgoing.fill(invited, ["fay@example.org"])
    ticking.moment = SECOND - timedelta(days=1)
    outgoing.fill(invited, ["gus@example.org"])
    path = invited.root / "lists" / "south-hants-it" / "editions" / "2018-06-29-recap.md"
    invited.store.execute(
        "UPDATE subscription SET state = 'held' WHERE member = (SELECT id FROM member WHERE key = 'eve@example.org')"
    )
    queueing.queue(invited, path, queueing.Order(missing=True))
    gone(invited)
    invited.store.execute("UPDATE subscription SET state = 'confirmed'")

    run(invited, ticking, SECOND)

    found = went(invited, f"{ID}-second-notice")
    assert (found["eve"], found["fay"], found["gus"], found["ann"]) == (
        "invitation",
        "recent",
        "recent",
        "invitation",
    )


def test_nobody_is_mailed_more_often_than_the_list_allows(invited: sites.Site, ticking: FixedClock) -> None:
    """Three mails that promote in the week before are the list's cap: the second notice stays out, and the plan says so."""
    ticking.moment = SECOND - timedelta(days=1)
    for number in range(3):
        path = outgoing.edition(
            invited, outgoing.EDITION.replace("Meeting 1", f"Letter {number}"), stem=f"letter-{number}"
        )
        queueing.queue(invited, path, queueing.Order())
        gone(invited)

    second = plans.show(invited, SLUG)["reminders"][0]
    assert (second["to"], second["recent"]) == ({"silent": 0}, 4)
    assert run(invited, ticking, SECOND) == []
    assert shown(invited)["second-notice"] == "dropped nobody"


def test_the_cap_stops_the_chair_too_until_it_is_allowed(site: sites.Site) -> None:
    """The plan counts who has had their mails of the week; --allow cap passes it, and the log says so. A notice may always go."""
    outgoing.fill(site, ["ann@example.org"])
    for number in range(3):
        queueing.queue(
            site,
            outgoing.edition(site, outgoing.EDITION.replace("Meeting 1", f"{number}"), stem=f"m-{number}"),
            queueing.Order(),
        )
    outgoing.fill(site, ["new@example.org"])
    text = outgoing.EDITION.replace("Meeting 1", "fourth")
    path = outgoing.edition(site, text, stem="fourth")

    with pytest.raises(
        errors.RefusedError, match=r"1 of 2 readers have had their mails of the week from this list \(3\)"
    ):
        queueing.queue(site, path, queueing.Order())
    notice = outgoing.edition(
        site, text.replace('"recap"', '"notice"').replace("fourth", "notice"), stem="notice"
    )
    assert queueing.queue(site, notice, queueing.Order()).recipients == 2
    assert queueing.queue(site, path, queueing.Order(allow=frozenset({"cap"}))).recipients == 2
    assert site.store.value("SELECT why FROM log WHERE act = 'allow'") == "cap"


def test_the_cap_looks_at_the_week_before_a_later_time(site: sites.Site) -> None:
    """A fourth mail that goes in eight days is none too many."""
    outgoing.fill(site, ["ann@example.org"])
    for number in range(3):
        queueing.queue(
            site,
            outgoing.edition(site, outgoing.EDITION.replace("Meeting 1", f"{number}"), stem=f"m-{number}"),
            queueing.Order(),
        )
    path = outgoing.edition(site, outgoing.EDITION.replace("Meeting 1", "fourth"), stem="fourth")

    queueing.queue(site, path, queueing.Order(at=site.clock.now() + timedelta(days=8)))


def test_an_answer_takes_back_what_is_on_its_way(invited: sites.Site, ticking: FixedClock) -> None:
    """Between queueing and sending: the row is skipped in the answer's own transaction; others' rows stay."""
    run(invited, ticking, SECOND)

    answer(invited, "ann", "no")

    assert went(invited, f"{ID}-second-notice") == {
        "ann": "answered",
        "ben": "invitation",
        "cem": "invitation",
        "dea": "invitation",
    }
    assert outgoing.numbers(invited, f"{ID}-second-notice").due == 3


def test_whoever_left_since_gets_no_reminder(invited: sites.Site, ticking: FixedClock) -> None:
    """A reminder is no answer to an act: the gate keeps it from those who have left, with a row that says so."""
    answer(invited, "ann", "yes")
    answer(invited, "ben", "yes")
    invited.store.execute(
        "UPDATE subscription SET state = 'unsubscribed' WHERE member = (SELECT id FROM member WHERE key = 'ann@example.org')"
    )

    run(invited, ticking, BEFORE)

    assert went(invited, f"{ID}-day-before") == {"ann": "left", "ben": "day_before"}


# ---- once, in time, or not at all


def test_each_is_queued_once(invited: sites.Site, ticking: FixedClock) -> None:
    """Looking again changes nothing."""
    run(invited, ticking, SECOND)

    assert run(invited, ticking, SECOND + timedelta(minutes=1)) == []
    assert shown(invited)["second-notice"] == "queued"


def test_two_processes_queue_it_once(invited: sites.Site, ticking: FixedClock) -> None:
    """Eight at the same moment, each with its own connection: one of them makes the edition."""
    ticking.moment = SECOND
    made: list[str] = []
    start = threading.Barrier(8)

    def look() -> None:
        own = sites.open_site(invited.root, running=ticking)
        start.wait()
        made.extend(reminding.run_due(own))
        own.close()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert made == [f"{ID}-second-notice"]
    assert (
        invited.store.value(
            "SELECT count(*) FROM delivery d JOIN message g ON g.id = d.message WHERE g.edition LIKE '%second-notice'"
        )
        == 4
    )


def test_a_death_in_the_middle_leaves_it_waiting(
    invited: sites.Site, ticking: FixedClock, monkeypatch
) -> None:
    """Nothing of a half-made reminder stays, and the next look makes it whole."""
    from newsletter.store import audience

    class Died(BaseException):
        pass

    def die(*_: object) -> int:
        raise Died

    with monkeypatch.context() as patched, pytest.raises(Died):
        patched.setattr(audience, "enqueue", die)
        run(invited, ticking, SECOND)
    assert shown(invited)["second-notice"] == "waiting"
    assert invited.store.value("SELECT count(*) FROM edition") == 1

    assert run(invited, ticking, SECOND) == [f"{ID}-second-notice"]


@pytest.mark.parametrize(("late", "expected"), [(23.9, "queued"), (24.1, "dropped late")])
def test_a_laptop_that_slept(invited: sites.Site, ticking: FixedClock, late: float, expected: str) -> None:
    """A day late it still goes; later it would be nonsense."""
    run(invited, ticking, SECOND + timedelta(hours=late))

    assert shown(invited)["second-notice"] == expected


def test_after_a_long_sleep_only_the_one_of_the_day_goes(invited: sites.Site, ticking: FixedClock) -> None:
    """On the morning of the last day: no second notice, no "free your place", the day before's alone."""
    answer(invited, "ann", "yes")

    run(invited, ticking, BEFORE + timedelta(minutes=5))

    assert shown(invited) == {
        "second-notice": "dropped late",
        "free-place": "dropped late",
        "day-before": "queued",
    }


def test_the_sender_and_the_clock_find_what_is_due(invited: sites.Site, ticking: FixedClock) -> None:
    """`following.remind` is what serve and outbox run call; it says what it did."""
    said: list[str] = []
    following.remind(invited, said.append)
    ticking.moment = SECOND
    following.remind(invited, said.append)

    assert said == [f"Queued the second-notice of {SLUG}."]


def test_a_stopped_invitation_has_no_second_notice(invited: sites.Site, ticking: FixedClock) -> None:
    """While it is paused the second notice waits; when its day is over it is dropped."""
    invited.store.execute("UPDATE edition SET state = 'paused' WHERE id = ?", (ID,))

    assert run(invited, ticking, SECOND) == []
    assert shown(invited)["second-notice"] == "waiting"
    run(invited, ticking, SECOND + timedelta(days=2))
    assert shown(invited)["second-notice"] == "dropped late"


def test_a_cancelled_invitation_is_followed_by_nothing_until_another_is_sent(site: sites.Site) -> None:
    """The plan goes with it, and the next invitation to the meeting makes a new one."""
    outgoing.fill(site, ["ann@example.org"])
    coming.invite(site)
    outbox.cancel(site, ID)
    assert set(shown(site).values()) == {"dropped cancelled"}

    path = outgoing.edition(site, coming.EDITION.replace("Bring a question", "Bring two"), stem="again")
    plan = queueing.plan(site, path, queueing.Order())
    queueing.queue(site, path, queueing.Order())

    assert len(plan.following) == 3
    assert set(shown(site).values()) == {"waiting"}


def test_nobody_to_write_to(invited: sites.Site, ticking: FixedClock) -> None:
    """Without a yes there is no edition, and the plan says why."""
    run(invited, ticking, BEFORE)

    assert shown(invited)["day-before"] == "dropped nobody"
    assert invited.store.value("SELECT count(*) FROM edition") == 1


def test_a_template_that_cannot_be_rendered_stops_one_and_is_told(
    invited: sites.Site, ticking: FixedClock
) -> None:
    """The sender goes on; the log keeps the reason."""
    answer(invited, "ann", "yes")
    (invited.root / "templates" / "mail").mkdir(parents=True)
    (invited.root / "templates" / "mail" / "day_before.html").write_text("{{ nothing }}", encoding="utf-8")
    said: list[str] = []
    ticking.moment = BEFORE

    assert reminding.run_due(invited, said.append) == []

    assert shown(invited)["day-before"] == "dropped broken"
    assert "cannot be composed" in said[-1]
    assert "nothing" in invited.store.value("SELECT why FROM log WHERE act = 'reminder broken'")


def test_reminders_are_no_usual_number(invited: sites.Site, ticking: FixedClock) -> None:
    """One mail to the one who comes does not make the next send to all unusual."""
    answer(invited, "ann", "yes")
    run(invited, ticking, BEFORE)
    gone(invited)
    ticking.moment += timedelta(days=20)
    path = outgoing.edition(invited, outgoing.EDITION, stem="recap")

    assert queueing.plan(invited, path, queueing.Order()).usual == 4


# ---- stopped, moved, cancelled


def test_one_or_all_can_be_stopped_and_let_go(invited: sites.Site, ticking: FixedClock) -> None:
    """Stopped, it does not go; let go, it does at its time; each act is in the log once."""
    assert reminding.stop(invited, SLUG, "second-notice") == ["second-notice"]
    assert reminding.stop(invited, SLUG, "all") == ["free-place", "day-before"]
    assert run(invited, ticking, SECOND) == []
    assert reminding.resume(invited, SLUG, "second-notice") == ["second-notice"]
    assert reminding.resume(invited, SLUG, "second-notice") == []

    assert run(invited, ticking, SECOND) == [f"{ID}-second-notice"]
    assert invited.store.value("SELECT count(*) FROM log WHERE act LIKE 'reminder%'") == 4


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [("second", errors.UsageError, "there is no reminder 'second'"), ("second-notice", errors.RefusedError, "is in the outbox already")],
)  # fmt: skip
def test_what_cannot_be_stopped(
    invited: sites.Site, ticking: FixedClock, name: str, kind: type[Exception], says: str
) -> None:
    """A name that is none; one that has become an edition."""
    run(invited, ticking, SECOND)

    with pytest.raises(kind, match=says):
        reminding.stop(invited, SLUG, name)


def test_a_stopped_one_whose_time_is_over_cannot_go(invited: sites.Site, ticking: FixedClock) -> None:
    """Said, not done quietly."""
    reminding.stop(invited, SLUG, "second-notice")
    ticking.moment = SECOND + timedelta(days=2)

    with pytest.raises(errors.RefusedError, match="has passed"):
        reminding.resume(invited, SLUG, "second-notice")


def test_a_meeting_without_an_invitation_has_none(site: sites.Site) -> None:
    """And the way to them is named."""
    plans.new(site, site.mailing_list("south-hants-it"), plans.Wanted("ai", "AI", "2018-09-13 18:00"))

    with pytest.raises(errors.RefusedError, match="planned when its invitation is sent"):
        reminding.stop(site, "ai", "all")


def move(site: sites.Site, starts: str) -> None:
    meeting_changes.carry_out(site, meeting_changes.plan_move(site, SLUG, starts=starts))


def test_a_move_takes_the_reminders_along(invited: sites.Site, ticking: FixedClock) -> None:
    """A week later: all three a week later; the second notice names the old and the new time, and so does its text."""
    ticking.moment += timedelta(days=1)
    move(invited, "2018-09-20 18:00")
    assert [one["at"] for one in plans.show(invited, SLUG)["reminders"]] == [
        "2018-09-13T09:00:00.000Z", "2018-09-18T09:00:00.000Z", "2018-09-19T09:00:00.000Z",
    ]  # fmt: skip
    assert run(invited, ticking, SECOND) == []

    run(invited, ticking, SECOND + timedelta(days=7))

    text = " ".join(text_of(mail(invited, f"{ID}-second-notice", "dea")).split())
    assert (
        "not Thursday 13 September 2018, 18:00 to 19:00, The Parsons, Southampton, but Thursday 20 September 2018, 18:00 to 19:00, The Parsons"
        in text
    )


def test_a_moved_meetings_date_is_replaced_where_the_program_wrote_it(
    site: sites.Site, ticking: FixedClock
) -> None:
    """In the chair's text, in every form in which the draft has it."""
    text = coming.EDITION.replace(
        "we meet again", "we meet on **Thursday 13 September 2018, 18:00 to 19:00**"
    )
    invite(site, text)
    ticking.moment += timedelta(days=1)
    move(site, "2018-09-20 18:00")

    run(site, ticking, SECOND + timedelta(days=7))

    assert "we meet on *Thursday 20 September 2018, 18:00 to 19:00*" in " ".join(
        text_of(mail(site, f"{ID}-second-notice", "dea")).split()
    )


def test_what_was_corrected_is_not_said_wrongly_again(invited: sites.Site, ticking: FixedClock) -> None:
    """The second notice has the invitation's words as they were amended."""
    path = invited.root / "lists" / "south-hants-it" / "editions" / f"{ID.partition('/')[2]}.md"
    path.write_text(path.read_text().replace("Bring a question", "Bring a laptop"))
    amending.amend(invited, path, "It was the laptop that we meant.")

    run(invited, ticking, SECOND)

    text = text_of(mail(invited, f"{ID}-second-notice", "dea"))
    assert "Bring a laptop" in text and "Bring a question" not in text


def test_a_move_after_the_reminder_reminds_again_of_the_new_day(
    invited: sites.Site, ticking: FixedClock
) -> None:
    """Who comes was reminded of the old day: what has not gone is skipped, and the new day has its own reminder. The silent
    are not asked a third time."""
    answer(invited, "ann", "yes")
    run(invited, ticking, SECOND)
    run(invited, ticking, BEFORE)

    move(invited, "2018-09-20 18:00")

    assert went(invited, f"{ID}-day-before") == {"ann": "stale"}
    assert shown(invited) == {"second-notice": "queued", "free-place": "waiting", "day-before": "waiting"}
    assert run(invited, ticking, BEFORE + timedelta(days=7)) == [f"{ID}-day-before-again"]


def test_a_move_by_an_hour_reminds_nobody_twice(invited: sites.Site, ticking: FixedClock) -> None:
    """The reminder of that day has gone already; the change itself is told by the move."""
    answer(invited, "ann", "yes")
    run(invited, ticking, BEFORE)
    gone(invited)

    move(invited, "2018-09-13 19:00")

    assert shown(invited)["day-before"] == "queued"


def test_a_move_towards_us_drops_what_is_over(invited: sites.Site, ticking: FixedClock) -> None:
    """From September to the day after tomorrow: only the day before is left."""
    ticking.moment = datetime.fromisoformat("2018-09-01T20:00:00+00:00")

    move(invited, "2018-09-03 18:00")

    assert shown(invited) == {
        "second-notice": "dropped late",
        "free-place": "waiting",
        "day-before": "waiting",
    }
    move(invited, "2018-09-20 18:00")
    assert shown(invited)["second-notice"] == "waiting", "moved back, it has its time again"


def test_a_cancelled_meeting_is_reminded_of_no_more(invited: sites.Site, ticking: FixedClock) -> None:
    """What waits is dropped, what is on its way is skipped."""
    run(invited, ticking, SECOND)

    meeting_changes.carry_out(invited, meeting_changes.plan_cancel(invited, SLUG))

    assert shown(invited) == {
        "second-notice": "queued",
        "free-place": "dropped cancelled",
        "day-before": "dropped cancelled",
    }
    assert set(went(invited, f"{ID}-second-notice").values()) == {"cancelled"}
    assert run(invited, ticking, BEFORE) == []


def test_a_cancelling_that_is_undone_brings_them_back(invited: sites.Site, ticking: FixedClock) -> None:
    """But for the one that a person had stopped."""
    reminding.stop(invited, SLUG, "free-place")
    meeting_changes.carry_out(invited, meeting_changes.plan_cancel(invited, SLUG))
    ticking.moment += timedelta(hours=1)

    meeting_changes.carry_out(invited, meeting_changes.plan_undo(invited, SLUG, "cancelled"))

    assert shown(invited) == {"second-notice": "waiting", "free-place": "stopped", "day-before": "waiting"}


# ---- around it


def test_a_restore_sends_no_reminder_twice(invited: sites.Site, ticking: FixedClock, tmp_path) -> None:
    """What went out after the backup was made does not go again; what was stopped stays so."""
    backups.back_up(invited, tmp_path / "backup.zip")
    run(invited, ticking, SECOND)
    reminding.stop(invited, SLUG, "day-before")
    invited.close()

    backups.restore(invited.root, tmp_path / "backup.zip", ticking)
    again = sites.open_site(invited.root, running=ticking)

    assert shown(again) == {
        "second-notice": "dropped restored",
        "free-place": "waiting",
        "day-before": "stopped",
    }
    assert reminding.run_due(again) == []
    again.close()


def test_a_restore_without_the_old_database_stops_them_all(
    invited: sites.Site, ticking: FixedClock, tmp_path
) -> None:
    """What went out since is not known, so a person lets them go."""
    backups.back_up(invited, tmp_path / "backup.zip")

    backups.restore(tmp_path / "elsewhere", tmp_path / "backup.zip", ticking)
    again = sites.open_site(tmp_path / "elsewhere", running=ticking)

    assert set(shown(again).values()) == {"stopped"}
    again.close()


@pytest.mark.parametrize(
    ("language", "subjects", "greeting"),
    [
        (
            "de",
            ["Zweite Einladung: Come", "Bleibt es dabei? Come", "Erinnerung: Come"],
            "Guten Tag Ann ann@e,",
        ),
        ("fr", ["Rappel : Come", "Toujours partant ? Come", "C’est bientôt : Come"], "Bonjour Ann,"),
    ],
)
def test_each_speaks_the_lists_language(
    make_site: Callable[..., sites.Site],
    ticking: FixedClock,
    language: str,
    subjects: list[str],
    greeting: str,
) -> None:
    """Subject, greeting and dates."""
    site = invite(make_site(toml=NEWSLETTER_TOML.replace("[site]", f'[site]\nlanguage = "{language}"')))
    answer(site, "ann", "yes")
    found = []
    for at, name, reader in (
        (SECOND, "second-notice", "dea"),
        (FREE, "free-place", "ann"),
        (BEFORE, "day-before", "ann"),
    ):
        run(site, ticking, at)
        found.append(mail(site, f"{ID}-{name}", reader))

    assert [one["Subject"].removesuffix(" to our second meeting") for one in found] == subjects
    assert greeting in text_of(found[-1])


def test_the_lists_own_pace(make_site: Callable[..., sites.Site]) -> None:
    """Days, hour and off, from list.toml."""
    site = make_site(
        list_toml=LIST_TOML + 'second_notice = "14d 18:30"\nfree_place = "off"\nremind_at = "8:00"\n'
    )
    invite(site)

    assert [(one["reminder"], clock.parse(one["at"]).isoformat()) for one in plans.show(site, SLUG)["reminders"]] == [
        ("second-notice", "2018-08-30T17:30:00+00:00"), ("day-before", "2018-09-12T07:00:00+00:00"),
    ]  # fmt: skip


def test_without_pages_the_buttons_write_a_mail(
    make_site: Callable[..., sites.Site], ticking: FixedClock
) -> None:
    """A laptop alone: no link leads to a page that is not there."""
    site = invite(make_site(toml=NEWSLETTER_TOML.replace('base_url = "http://127.0.0.1:8000"\n', "")))
    answer(site, "ann", "yes")

    run(site, ticking, FREE)

    text = text_of(mail(site, f"{ID}-free-place", "ann"))
    assert "mailto:chair@lists.example.org?subject=No" in text
    assert "http" not in text
