"""A sent edition is amended: promised links are filled in, corrections are noted, one follow-up brings what was promised."""

import email
import email.policy
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import site as sites
from newsletter.compose import amending as compared
from newsletter.compose import edition as editions
from newsletter.core import errors
from newsletter.core import rsvps as answers
from newsletter.service import amending, attendance, meetings, previews, queueing, rsvps
from tests import conftest, people
from tests.peers import smtp_peer
from tests.service import outgoing

SLUG = "south-hants-it"
NAME = f"{SLUG}/2018-06-29-recap"
TEXT = """\
+++
kind = "recap"
subject = "Meeting 1: a small room"
preheader = "What we talked about, and the next date in September"
meeting = "first"
+++
Dear {{ first_name | "friend" }},

we met. What follows:

* [slides](later:2018-07-10), by Ada
* [photos](later:)
"""
SLIDES, PHOTOS = "https://example.org/slides.pdf", "https://example.org/photos"


@pytest.fixture
def group(tmp_path: Path, ticking: conftest.FixedClock):
    """Three members got a recap with two promised links; one of them had come to the meeting; yields (site, peer)."""
    with smtp_peer.running() as peer:
        root = conftest.write_site(tmp_path / "site", toml=outgoing.relay_toml(peer.port))
        opened = sites.open_site(root, running=ticking)
        ticking.moment -= timedelta(hours=22)
        meetings.new(
            opened, opened.mailing_list(SLUG), meetings.Wanted("first", "A small room", "2018-06-28 18:00")
        )
        ids = [
            people.add_member(opened, f"{name.lower()}@example.org", SLUG, name=name)
            for name in ("Ada", "Ben", "Cy")
        ]
        rsvps.write(opened, meetings.find(opened, "first")["id"], ids[0], answers.Rsvp("yes"), tell=False)
        ticking.moment += timedelta(hours=22)
        queueing.queue(opened, outgoing.edition(opened, TEXT), queueing.Order())
        outgoing.send(opened)
        people.add_member(opened, "late@example.org", SLUG)
        yield opened, peer
        opened.close()


def rewrite(opened: sites.Site, *changes: tuple[str, str]) -> Path:
    """Edit the file of the edition."""
    path = opened.root / "lists" / f"{SLUG}/editions/2018-06-29-recap.md"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return path


def promises(opened: sites.Site) -> list[tuple[str, str, str]]:
    """Words, state and what is known of each promise."""
    path = opened.root / "lists" / f"{SLUG}/editions/2018-06-29-recap.md"
    found = amending.show(opened, path)["promises"]
    return [(one["words"], one["state"], one["url"] or one["due"]) for one in found]


def test_a_promise_is_a_row_from_the_send_on(group) -> None:
    """Words and date, or none."""
    opened, _ = group

    assert promises(opened) == [("slides", "open", "2018-07-10"), ("photos", "open", "")]


def test_one_link_comes_the_other_waits(group) -> None:
    """Only what was promised changed: no note is needed, nobody is mailed yet, and what was sent stays as it was."""
    opened, peer = group
    path = rewrite(opened, ("later:2018-07-10", SLIDES))

    plan = amending.plan(opened, path)
    done = amending.amend(opened, path)

    assert (plan.change.corrected, plan.difference, plan.writes_follow_up, plan.readers) == (
        False,
        (),
        False,
        3,
    )
    assert done.follow_up is None
    assert promises(opened) == [("slides", "kept", SLIDES), ("photos", "open", "")]
    assert opened.store.value("SELECT source FROM edition") == TEXT
    assert len(peer.mails) == 3


def test_a_promise_is_put_off(group) -> None:
    """Another date is no correction."""
    opened, _ = group

    amending.amend(
        opened, rewrite(opened, ("later:2018-07-10", "later:2018-08-01"), ("later:)", "later:2018-07-30)"))
    )

    assert promises(opened) == [("slides", "open", "2018-08-01"), ("photos", "open", "2018-07-30")]


def test_a_correction_needs_a_note(group) -> None:
    """Anything but promised links: said line by line, refused without a note, and a promise can be taken back."""
    opened, _ = group
    path = rewrite(opened, ("we met", "we all met"), ("\n* [photos](later:)", ""))

    with pytest.raises(errors.RefusedError, match="which is a correction"):
        amending.plan(opened, path)
    plan = amending.amend(opened, path, "there are no photos").plan

    assert plan.difference == ("-we met. What follows:", "+we all met. What follows:", "-* [photos](later:)")
    assert promises(opened) == [("slides", "open", "2018-07-10"), ("photos", "dropped", "")]
    assert amending.show(opened, path)["amendments"][0]["note"] == "there are no photos"


def test_a_corrected_text_finds_its_promises_again(group) -> None:
    """By their words, also when a link of the same words was there before."""
    opened, _ = group
    path = rewrite(opened, ("we met", "Our meeting"), ("later:2018-07-10", SLIDES))

    amending.amend(opened, path, "a word")
    amending.amend(
        opened, rewrite(opened, ("* [photos]", "* More [slides](later:2018-09-01)\n* [photos]")), "more"
    )

    assert promises(opened) == [
        ("slides", "kept", SLIDES),
        ("photos", "open", ""),
        ("slides", "open", "2018-09-01"),
    ]
    amending.amend(opened, rewrite(opened, ("later:2018-09-01", f"{SLIDES}2"), ("later:)", f"{PHOTOS})")))
    assert [url for _, _, url in promises(opened)] == [SLIDES, PHOTOS, f"{SLIDES}2"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("kind =", "# kind ="), "kind is missing"),
        (('"recap"', '"letter"'), "changes kind"),
        (('meeting = "first"', ""), "changes meeting"),
        (("later:2018-07-10", "http://example.org"), "neither https"),
        (("", ""), "is as it was sent"),
    ],
)
def test_what_cannot_be_amended(group, change: tuple[str, str], says: str) -> None:
    """Refused with what to do, and nothing is written."""
    opened, _ = group
    path = rewrite(opened, change)
    before = people.dump(opened)

    with pytest.raises(errors.NewsletterError, match=says):
        amending.amend(opened, path, "note")

    assert people.dump(opened) == before


def test_what_became_of_its_meeting_does_not_matter(group, ticking: conftest.FixedClock) -> None:
    """The meeting that it announced was moved, cancelled, or is over: the links can be filled in all the same."""
    opened, _ = group
    text = TEXT.replace('meeting = "first"\n', 'next_meeting = "next"\n').replace("we met", "we meet")
    meetings.new(opened, opened.mailing_list(SLUG), meetings.Wanted("next", "Backups", "2018-09-13 18:00"))
    path = outgoing.edition(opened, text, stem="2018-06-30-second")
    queueing.queue(opened, path, queueing.Order())

    for number, change in enumerate(
        ("starts = '2018-09-20T17:00:00.000Z'", "state = 'cancelled'", "ends = '2018-06-29T00:00:00.000Z'")
    ):
        with opened.store.write():
            opened.store.execute(f"UPDATE meeting SET {change} WHERE slug = 'next'")
        text = path.read_text("utf-8")
        path.write_text(
            text.replace("later:2018-07-10", f"{SLIDES}?{number}").replace(f"?{number - 1}", f"?{number}"),
            "utf-8",
        )
        amending.amend(opened, path, "the address")

    ticking.moment += timedelta(days=200)
    path.write_text(path.read_text("utf-8").replace("later:)", f"{PHOTOS})"), "utf-8")
    assert amending.amend(opened, path).follow_up is not None


def test_what_was_never_sent(site: sites.Site) -> None:
    """There is nothing to amend; `show` says what it promises."""
    path = outgoing.edition(site, TEXT.replace('meeting = "first"\n', ""))

    with pytest.raises(errors.RefusedError, match="was not sent yet"):
        amending.plan(site, path)
    assert amending.show(site, path)["promises"][0] == {
        "words": "slides", "due": "2018-07-10", "state": "draft", "url": "",
    }  # fmt: skip


def test_one_follow_up_worded_apart(group) -> None:
    """To those who got the recap and no other; who came and who missed it read their own opening; never a second one."""
    opened, peer = group
    written = amending.amend(
        opened, rewrite(opened, ("later:2018-07-10", SLIDES), ("later:)", f"{PHOTOS})"))
    ).follow_up
    assert written is not None
    assert written.name == "2018-06-29-links-recap.md"

    assert "you were with us" in previews.preview(opened, written).text
    plan = queueing.queue(opened, written, queueing.Order())
    assert (plan.audience, plan.blocking) == (3, ())
    outgoing.send(opened)

    mails = {
        one.recipient: email.message_from_bytes(one.content, policy=email.policy.default)
        for one in peer.mails[3:]
    }
    texts = {to: mail.get_body(("plain",)).get_content().replace("\r", "") for to, mail in mails.items()}
    assert sorted(texts) == ["ada@example.org", "ben@example.org", "cy@example.org"]
    assert "Dear Ada,\n\nyou were with us on Thursday 28 June 2018." in texts["ada@example.org"]
    assert "Dear Ben,\n\nyou could not be with us on Thursday 28 June 2018." in texts["ben@example.org"]
    assert all(SLIDES in text and PHOTOS in text for text in texts.values())
    assert mails["cy@example.org"]["Subject"] == "The links we promised: slides and photos"
    amended = amending.amend(opened, rewrite(opened, ("we met", "we all met")), "a word")
    assert amended.follow_up is None


def test_only_those_who_came(group) -> None:
    """Without an opening for those who missed it they do not get the follow-up."""
    opened, peer = group
    written = amending.amend(opened, rewrite(opened, ("later:2018-07-10", SLIDES)), follow_up="now").follow_up
    assert written is not None
    text = "\n".join(line for line in written.read_text("utf-8").split("\n") if not line.startswith("missed"))
    written.write_text(text, "utf-8")

    assert queueing.queue(opened, written, queueing.Order()).audience == 1
    outgoing.send(opened)
    assert [one.recipient for one in peer.mails[3:]] == ["ada@example.org"]


def test_whoever_was_ticked_at_the_door_came(group) -> None:
    """Where the door knows, an answer does not count: who had said yes and stayed away reads what is for those."""
    opened, _ = group
    attendance.attended(opened, "first", ["ben@example.org"])
    written = amending.amend(opened, rewrite(opened, ("later:2018-07-10", SLIDES)), follow_up="now").follow_up
    assert written is not None

    said = {
        name: previews.preview(opened, written, f"{name}@example.org").text for name in ("ada", "ben", "cy")
    }

    assert [name for name, text in said.items() if "you were with us" in text] == ["ben"]
    assert "you could not be with us" in said["ada"]


def test_who_joined_since_gets_the_links(group) -> None:
    """`--missing` takes the amended text, and only that."""
    opened, peer = group
    path = rewrite(opened, ("later:2018-07-10", SLIDES))
    with pytest.raises(errors.RefusedError, match="was changed since it was sent"):
        queueing.plan(opened, path, queueing.Order(missing=True))

    amending.amend(opened, path)
    queueing.queue(opened, path, queueing.Order(missing=True))
    outgoing.send(opened)

    assert [one.recipient for one in peer.mails[3:]] == ["late@example.org"]
    assert SLIDES in peer.mails[3].content.decode()


@given(st.data())
def test_filling_in_any_of_the_promises_is_never_a_correction(data: st.DataObject) -> None:
    """However the text is made: each promise is kept, put off or left as the new text says, at its own place."""
    words = data.draw(st.lists(st.sampled_from(["slides", "photos", "the *code*"]), min_size=1, max_size=5))
    fates = data.draw(st.lists(st.sampled_from(["later:", "later:2030-01-01", SLIDES]), min_size=len(words), max_size=len(words)))  # fmt: skip
    texts = [
        "".join(
            f"* a {{{{ name }}}} [{word}]({target}) b\n" for word, target in zip(words, targets, strict=True)
        )
        for targets in (["later:2018-07-10"] * len(words), fates)
    ]
    front = '+++\nkind = "recap"\nsubject = "x"\n+++\n'

    found = compared.change(*(editions.read(front + text, "x.md", SLUG) for text in texts), "en")

    assert not found.corrected
    assert [one.state for one in found.fates] == ["kept" if fate == SLIDES else "open" for fate in fates]
    assert [one.url or f"later:{one.due}" for one in found.fates] == fates
