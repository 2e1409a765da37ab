"""Who may read which page of the archive, from when on, and what a search finds."""

from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.compose import archived
from newsletter.core import errors
from newsletter.service import amending, archive, editions, outbox, queueing, reading, signup, stopping
from tests import conftest, people
from tests.service import outgoing

PUBLIC = conftest.LIST_TOML + "archive = true\n"
OPEN, CLOSED = "open-list", "closed"


@pytest.fixture
def group(make_site, monkeypatch: pytest.MonkeyPatch) -> sites.Site:
    """A site with a public list and a private one, each with a member."""
    opened = make_site(OPEN, CLOSED, toml=outgoing.relay_toml(1), list_toml=PUBLIC)
    file = opened.root / "lists" / CLOSED / "list.toml"
    file.write_text(conftest.LIST_TOML, "utf-8")
    people.add_member(opened, "ada@example.org", OPEN)
    people.add_member(opened, "ben@example.org", CLOSED)
    opened.close()
    return sites.open_site(opened.root, running=opened.clock)


def send(opened: sites.Site, slug: str, stem: str = "2018-06-29-recap", **changes: str) -> str:
    """Queue an edition and let the sender begin, without a relay; return its id."""
    text = outgoing.EDITION
    for old, new in changes.items():
        text = text.replace(old, new)
    path = outgoing.edition(opened, f"{text}\n\n{slug} {stem}\n", slug, stem)
    queueing.queue(opened, path, queueing.Order(allow=frozenset(["cap"])))
    return begin(opened, f"{slug}/{stem}")


def begin(opened: sites.Site, edition: str, state: str = "running") -> str:
    with opened.store.write():
        opened.store.execute("UPDATE edition SET state = ? WHERE id = ?", (state, edition))
    return edition


def names(opened: sites.Site, slug: str, token: str = "") -> list[str]:
    """The pages that somebody sees on a list's front page."""
    return [one.name for one in reading.front(opened, archive.shelf(opened, slug, token))[0]]


def token(opened: sites.Site, address: str, message: int = 1) -> str:
    member = opened.store.value("SELECT id FROM member WHERE key = ?", (address,))
    return opened.tokens.make("archive", message, member)


def closed(opened: sites.Site, slug: str, token: str = "") -> bool:
    """Whether a list's archive does not open."""
    with pytest.raises(errors.NotFoundError, match="there is no such page"):
        archive.shelf(opened, slug, token)
    return True


def test_public_by_the_lists_file_alone(group: sites.Site) -> None:
    """A stranger reads the public list; the private one opens by its own member's link only, also by no other list's."""
    send(group, OPEN)
    send(group, CLOSED, stem="2018-06-29-inner")

    assert names(group, OPEN) == ["2018-06-29-recap"]
    assert closed(group, CLOSED)
    assert closed(group, "nothing")
    assert names(group, CLOSED, token(group, "ben@example.org")) == ["2018-06-29-inner"]
    assert closed(group, CLOSED, token(group, "ada@example.org"))
    assert closed(group, CLOSED, "a" * 40)
    assert closed(group, CLOSED, group.tokens.make("leave", 1, 2))
    assert closed(group, CLOSED, group.tokens.make("archive", 1, 0))


def test_who_left_reads_no_longer(group: sites.Site) -> None:
    """The link in an old mail ends with the membership."""
    send(group, CLOSED)
    mine = token(group, "ben@example.org")
    assert names(group, CLOSED, mine)

    signup.leave(group, group.tokens.make("leave", 1, 2), "page")

    assert closed(group, CLOSED, mine)


def test_nothing_is_seen_before_its_time(group: sites.Site, ticking: conftest.FixedClock) -> None:
    """Not while it waits for its hour, nor before the sender begins; then at once."""
    path = outgoing.edition(group, slug=OPEN)
    at = group.clock.now() + timedelta(hours=2)
    queueing.queue(group, path, queueing.Order(at=at))
    begin(group, f"{OPEN}/2018-06-29-recap")
    assert names(group, OPEN) == []
    assert archive.search(group, archive.shelf(group, OPEN), "Thursday") == []
    with pytest.raises(errors.NotFoundError):
        archive.page(group, archive.shelf(group, OPEN), "2018-06-29-recap")

    ticking.moment = at
    begin(group, f"{OPEN}/2018-06-29-recap", "queued")
    assert names(group, OPEN) == []
    begin(group, f"{OPEN}/2018-06-29-recap")
    assert names(group, OPEN) == ["2018-06-29-recap"]


def test_what_the_committee_stopped_is_never_seen(make_site, ticking: conftest.FixedClock) -> None:
    """The committee got its copy, the others nothing: no page; one that was let go on is there after its wait."""
    more = 'committee = ["chair@example.org"]\ncommittee_wait = "2h"\n'
    opened = make_site(OPEN, toml=outgoing.relay_toml(1), list_toml=PUBLIC + more)
    for name in ("chair", "ada"):
        people.add_member(opened, f"{name}@example.org", OPEN)
    send(opened, OPEN)
    with opened.store.write():
        opened.store.execute(
            "UPDATE delivery SET state = 'sent', due_at = NULL WHERE address = 'chair@example.org'"
        )
    ticking.moment += timedelta(minutes=5)
    stopping.stop(opened, opened.tokens.make("stop", 1, 1))
    ticking.moment += timedelta(days=1)
    assert names(opened, OPEN) == []

    outbox.resume(opened)
    assert names(opened, OPEN) == ["2018-06-29-recap"]


def test_a_pause_on_the_way_takes_no_page_away(group: sites.Site) -> None:
    """Once somebody has it, the link in their mail works, whatever becomes of the rest."""
    name = send(group, OPEN)
    with group.store.write():
        group.store.execute("UPDATE delivery SET state = 'sent', due_at = NULL")

    for state in ("paused", "cancelled", "done"):
        begin(group, name, state)
        assert names(group, OPEN) == ["2018-06-29-recap"]


def test_notices_are_for_members(group: sites.Site) -> None:
    """Also on a public list: neither listed, nor found, nor opened by a stranger."""
    send(group, OPEN, stem="2018-06-30-dues", recap="notice")
    on = archive.shelf(group, OPEN)

    assert names(group, OPEN) == []
    assert archive.search(group, on, "Thursday") == []
    with pytest.raises(errors.NotFoundError):
        archive.page(group, on, "2018-06-30-dues")
    mine = archive.shelf(group, OPEN, token(group, "ada@example.org"))
    assert archive.page(group, mine, "2018-06-30-dues").row["kind"] == "notice"
    assert len(archive.search(group, mine, "Thursday")) == 1


def test_an_edition_may_stay_out(group: sites.Site) -> None:
    """archive = false: no page, no link in the mail, and none of its words are found; an amendment takes one out too."""
    out = {'kind = "recap"': 'kind = "recap"\narchive = false'}
    path = outgoing.edition(group, outgoing.EDITION.replace(*next(iter(out.items()))), OPEN)
    assert editions.open_edition(group, path).frame.page == ""
    queueing.queue(group, path, queueing.Order())
    begin(group, f"{OPEN}/2018-06-29-recap")
    assert names(group, OPEN) == []

    path.write_text(path.read_text("utf-8").replace("archive = false", "archive = true"), "utf-8")
    amending.amend(group, path, "may be read")
    assert names(group, OPEN) == ["2018-06-29-recap"]
    path.write_text(path.read_text("utf-8").replace("archive = true", "archive = false"), "utf-8")
    amending.amend(group, path, "may not")
    assert names(group, OPEN) == []
    assert group.store.value("SELECT count(*) FROM archive_words") == 0


def test_an_amendment_changes_the_page(group: sites.Site) -> None:
    """The new text, found by its new words and not by the old; marked with the day and the note; its place stays."""
    send(group, OPEN)
    send(group, OPEN, stem="2018-06-30-second")
    path = group.root / f"lists/{OPEN}/editions/2018-06-29-recap.md"
    path.write_text(path.read_text("utf-8").replace("on Thursday", "on Wednesday"), "utf-8")

    amending.amend(group, path, "the day; ask ada@example.org")

    on = archive.shelf(group, OPEN)
    found = reading.edition(group, on, "2018-06-29-recap")
    assert "on Wednesday" in found.lead + found.rest
    assert found.amended == ("Amended on Friday 29 June 2018: the day; ask ada (at) example (dot) org",)
    assert [row["name"] for row in archive.search(group, on, "wednes")] == ["2018-06-29-recap"]
    assert [row["name"] for row in archive.search(group, on, "thursday")] == ["2018-06-30-second"]
    assert names(group, OPEN) == ["2018-06-30-second", "2018-06-29-recap"]
    assert found.newer == ("2018-06-30-second", "Meeting 1: a small room")


def test_one_edition_on_two_lists(group: sites.Site) -> None:
    """A page on each, under a name that no edition of the other list can have; private where that list is."""
    both = f'lists = ["{OPEN}", "{CLOSED}"]\nsubject'
    name = send(group, OPEN, subject=both)
    send(group, CLOSED)

    assert names(group, OPEN) == ["2018-06-29-recap"]
    assert sorted(names(group, CLOSED, token(group, "ben@example.org"))) == [
        "2018-06-29-recap", f"{OPEN}_2018-06-29-recap",
    ]  # fmt: skip
    assert [(one["list"], one["for"]) for one in archive.places(group, name)] == [
        (OPEN, "everybody"), (CLOSED, "members"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("thursday", 2), ("THURS talked", 2), ("tal thu", 2), ("friday", 0), ("2018-06-30-second", 1), ("", 0), ("...", 0),
        ('"', 0), ("thursday OR friday", 0), ("subject:meeting thursday", 0), ("place:l2m", 0), ("l1p", 0), ("NEAR(a b)", 0),
        ("' OR 1=1 --", 0), ("thursday*", 2), ("-thursday", 2), ("x" * 500, 0), ("thursday " * 50, 2), ("thürsday", 2),
    ],
)  # fmt: skip
def test_a_search_is_words_and_nothing_else(group: sites.Site, query: str, count: int) -> None:
    """T45: every word must begin one of the page's; no sign of the query language has a meaning; no other list is met."""
    send(group, OPEN)
    send(group, OPEN, stem="2018-06-30-second")
    send(group, CLOSED, stem="2018-06-30-second")

    assert len(archive.search(group, archive.shelf(group, OPEN), query)) == count


def test_a_meeting_is_told_as_it_is_now(group: sites.Site, ticking: conftest.FixedClock) -> None:
    """Open, moved, over, cancelled: the facts are those of the meeting's row, never those of the mail."""
    table = '[next_meeting]\ntitle = "AI"\nstarts = 2018-09-13T18:00:00\nplace = "Parsons"\n+++\nDear'
    send(group, OPEN, **{"+++\nDear": table})
    on = archive.shelf(group, OPEN)

    def told() -> tuple[str, str]:
        meeting = reading.edition(group, on, "2018-06-29-recap").meeting
        assert meeting is not None
        return meeting.state, meeting.facts[0][1]

    assert told() == ("open", "Thursday 13 September 2018, 18:00 to 20:00")
    with group.store.write():
        group.store.execute(
            "UPDATE meeting SET starts = '2018-09-20T17:00:00.000Z', ends = '2018-09-20T18:00:00.000Z'"
        )
        group.store.execute(
            "INSERT INTO meeting_change (meeting, kind, starts, ends, place, state, at, by) VALUES (1,'moved','','','','planned','2018-08-01T00:00:00.000Z','')"
        )
    assert told() == ("moved", "Thursday 20 September 2018, 18:00 to 19:00")
    assert reading.next_meeting(group) is not None
    ticking.moment += timedelta(days=100)
    assert told()[0] == "over"
    assert reading.next_meeting(group) is None
    with group.store.write():
        group.store.execute("UPDATE meeting SET state = 'cancelled'")
    assert told()[0] == "cancelled"


def test_the_front_page_goes_on_where_it_ended(group: sites.Site, ticking: conftest.FixedClock) -> None:
    """Forty-five pages in three turns, each once, the newest first; several of the same moment too."""
    for number in range(45):
        send(group, OPEN, stem=f"2018-06-29-n{number:02}")
        ticking.moment += timedelta(minutes=number % 2)
    on, before, found = archive.shelf(group, OPEN), None, []
    for _ in range(3):
        rows, before = archive.newest(group, on, before=before)
        found += [row["name"][-2:] for row in rows]

    assert found == [f"{number:02}" for number in range(44, -1, -1)]
    assert before is None
    assert archived.CARD in rows[0]["html"]
