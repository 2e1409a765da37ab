"""The draft of a recap: what the site knows stands in it as facts, what only the chair knows stops a send."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter import site as sites
from newsletter.compose import frame, message
from newsletter.core import rsvps as answers
from newsletter.service import attendance, drafts, editions, meetings, previews, questions, rsvps
from tests import people
from tests.compose import composing
from tests.conftest import LIST_TOML

SLUG = "south-hants-it"


def meet(opened: sites.Site, slug: str, starts: str, title: str = "Backups that restore") -> None:
    """Fix a meeting."""
    wanted = meetings.Wanted(slug, title, starts, place="The Parsons")
    meetings.new(opened, opened.mailing_list(SLUG), wanted)


@pytest.fixture
def evening(site: sites.Site, ticking) -> sites.Site:
    """The morning after a meeting to which two said yes (one with two guests) and one no; the next one is fixed."""
    meet(site, "backups", "2018-07-12 18:00")
    meet(site, "ai", "2018-09-13 18:00", "AI, without the pitch")
    for name, given in (
        ("ada", answers.Rsvp("yes", 2)),
        ("ben", answers.Rsvp("yes")),
        ("cy", answers.Rsvp("no")),
    ):
        member = people.add_member(site, f"{name}@example.org", SLUG)
        rsvps.write(site, meetings.find(site, "backups")["id"], member, given, tell=False)
    ticking.moment = datetime(2018, 7, 13, 8, tzinfo=UTC)
    return site


def findings(opened: sites.Site, found: editions.Opened) -> list[tuple[str, str, str]]:
    """What is wrong with an edition: level, rule, text."""
    composed = message.freeze(found.edition, found.frame, [frame.Shape((SLUG,))])
    return [(one.level, one.rule, one.text) for one in editions.findings(opened, found, composed)]


def test_a_title_is_no_markup_and_no_field(evening: sites.Site) -> None:
    """Whatever stands in a title, a place or a choice is shown as it is, also in the mail."""
    wanted = questions.Wanted("q", "What of {{ name }}?", ("a *star*", "[b](http://x.example)"))
    questions.new(evening, evening.mailing_list(SLUG), wanted)
    questions.close(evening, "q")
    with evening.store.write():
        evening.store.execute("UPDATE meeting SET title = '*args and {{ email }}', place = 'Room _1_ [x]'")

    path = drafts.begin(evening, "recap", SLUG, meeting="backups").path
    text = " ".join(previews.preview(evening, path).text.split())

    assert "we met: *args and {{ email }}. Place: Room _1_ [x]." in text
    assert "What of {{ name }}?" in text and "a *star*: 0" in text and "[b](http://x.example): 0" in text


def test_the_facts_of_an_evening(evening: sites.Site) -> None:
    """Both meetings in front; day with weekday and year, place, answers, growth; nothing is claimed that is not known."""
    with evening.store.write():
        evening.store.execute("UPDATE meeting SET speaker = 'Grace Hopper'")

    draft = drafts.begin(evening, "recap", SLUG, meeting="backups")

    found = editions.open_edition(evening, draft.path).edition
    assert draft.edition == f"{SLUG}/2018-07-13-recap-backups"
    assert (found.meeting, found.next_meeting) == ("backups", "ai")
    assert found.subject == "Recap: Backups that restore"
    assert (
        "On Thursday 12 July 2018 we met: Backups that restore. Place: The Parsons. The speaker: Grace Hopper."
        in found.body
    )
    assert "[[How many came?]] of us came. 2 had said yes; with guests that is 4." in found.body
    assert "3" in found.body.partition("## Where we stand")[2].splitlines()[2]
    assert "later:2018-07-23" in found.body


def test_what_the_group_was_asked(evening: sites.Site) -> None:
    """A question that was closed since the last recap stands there with its result; an open one does not."""
    for slug, text in (("name", "What shall we call ourselves?"), ("open", "And now?")):
        wanted = questions.Wanted(slug, text, ("Tech Circle", "Parsons Table"))
        questions.new(evening, evening.mailing_list(SLUG), wanted)
    assert "What you answered" not in drafts.begin(evening, "recap", SLUG, meeting="backups").path.read_text()
    questions.close(evening, "name")

    body = drafts.begin(evening, "recap", SLUG, meeting="backups").path.read_text()

    assert "## What you answered\n\n**What shall we call ourselves?** Answers: 0." in body
    assert "- Tech Circle: 0" in body and "And now?" not in body


def test_who_came_as_it_was_counted(evening: sites.Site) -> None:
    """Ticks at the door are told; heads that were counted say more; then nothing is left to ask."""
    attendance.attended(evening, "backups", ["ada@example.org", "cy@example.org"])
    ticked = drafts.begin(evening, "recap", SLUG, meeting="backups").path.read_text("utf-8")
    attendance.attended(evening, "backups", count=11)
    counted = drafts.begin(evening, "recap", SLUG, meeting="backups").path.read_text("utf-8")

    assert "2 of us came. 2 had said yes" in ticked
    assert "11 of us came. 2 had said yes" in counted
    assert "How many came" not in ticked + counted


def test_nothing_half_filled_goes_out(evening: sites.Site) -> None:
    """Each question that is left is an error with its words; with all of them answered the draft is clean."""
    path = drafts.begin(evening, "recap", SLUG, meeting="backups").path

    left = [text for _, rule, text in findings(evening, editions.open_edition(evening, path)) if rule == "placeholder"]  # fmt: skip
    assert left[0] == "still to fill in: How many came?"
    assert len(left) == 5
    import re

    text = path.read_text("utf-8").replace('preheader = ""', 'preheader = "Eight people, four arguments, and what comes next"')  # fmt: skip
    path.write_text(re.sub(r"\[\[(.+?)\]\](?=\W)", "eight", text, flags=re.S), "utf-8")
    assert findings(evening, editions.open_edition(evening, path)) == []


def test_photos_beside_the_file(evening: sites.Site) -> None:
    """By the meeting's day or its slug; a description is asked for by the lint; one too large is named, not taken."""
    folder = evening.config.lists[SLUG].folder / "editions"
    for name, data in (
        ("2018-07-12-room.png", composing.png()), ("backups-2.png", composing.png()), ("other.png", composing.png()),
        ("2018-07-12-big.png", composing.png(padding=400_000)), ("2018-07-12-notes.pdf", b"%PDF"),
    ):  # fmt: skip
        (folder / name).write_bytes(data)

    draft = drafts.begin(evening, "recap", SLUG, meeting="backups")

    body = draft.path.read_text("utf-8")
    assert "![](2018-07-12-room.png)" in body
    assert "![](backups-2.png)" in body
    assert "big" not in body
    assert "other" not in body
    assert draft.notes == (
        "2018-07-12-big.png is not in the draft: 2018-07-12-big.png is larger than the 300 KB allowed",
    )
    rules = [rule for _, rule, _ in findings(evening, editions.open_edition(evening, draft.path))]
    assert rules.count("image-alt") == 2


def test_a_meeting_to_come_is_the_next_one(evening: sites.Site) -> None:
    """Named for a recap before it has begun, it is announced and not told of."""
    found = editions.open_edition(evening, drafts.begin(evening, "recap", SLUG, meeting="ai").path).edition

    assert (found.meeting, found.next_meeting) == ("", "ai")


def test_a_meeting_that_did_not_take_place(evening: sites.Site) -> None:
    """Nobody is said to have come."""
    with evening.store.write():
        evening.store.execute("UPDATE meeting SET state = 'cancelled' WHERE slug = 'backups'")

    body = drafts.begin(evening, "recap", SLUG, meeting="backups").path.read_text("utf-8")

    assert "The meeting of Thursday 12 July 2018 did not take place" in body
    assert "came" not in body.partition("## Where")[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Unser Treffen am Donnerstag, 28. Juni 2018: X. Anwesend: [["),
        ("fr", "Le jeudi 28 juin 2018, nous nous sommes retrouvés : X. Présents : [["),
    ],
)
def test_in_the_lists_language(make_site, ticking, language: str, said: str) -> None:
    """Facts, headings and questions."""
    opened = make_site(SLUG, list_toml=LIST_TOML + f'language = "{language}"\n')
    ticking.moment -= timedelta(days=7)
    wanted = meetings.Wanted("one", "X", "2018-06-28 18:00")
    meetings.new(opened, opened.mailing_list(SLUG), wanted)
    ticking.moment += timedelta(days=7)

    body = drafts.begin(opened, "recap", SLUG, meeting="one").path.read_text("utf-8")

    assert said in body
    assert "What" not in body
