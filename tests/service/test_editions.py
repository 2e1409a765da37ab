"""Beginning an edition, opening its file with the facts around it, fixing its meeting."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import drafts, editions
from newsletter.store import meetings
from tests.conftest import LIST_TOML, NEWSLETTER_TOML

SLUG = "south-hants-it"
TEXT = """\
+++
kind = "recap"
subject = "Meeting 1"
[next_meeting]
title = "AI, without the pitch"
starts = 2018-09-13T18:00:00
ends = 2018-09-13T19:00:00
place = "The Parsons"
+++
Dear {{ first_name | "friend" }},
"""


def write(
    site: sites.Site, name: str = "2018-06-29-meeting-1.md", text: str = TEXT, slug: str = SLUG
) -> Path:
    path = site.root / "lists" / slug / "editions" / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize("kind", ["recap", "invitation", "notice", "letter"])
def test_a_draft_of_every_kind_opens_again(make_site, kind: str, language: str) -> None:
    """What `new` writes is an edition that `preview` reads: kind and subject stand, and the text greets."""
    site = make_site(SLUG, list_toml=LIST_TOML + f'language = "{language}"\n')

    draft = drafts.begin(site, kind, SLUG, 'A "quoted" title — ½ \\')

    found = editions.open_edition(site, draft.path)
    assert (found.edition.kind, found.edition.subject) == (kind, 'A "quoted" title — ½ \\')
    assert found.id == draft.edition == f"{SLUG}/2018-06-29-a-quoted-title-12"
    assert found.edition.body.startswith(("Dear {{ first_name", "Guten Tag {{ name", "Bonjour {{ first_name"))
    assert found.lists == (site.config.lists[SLUG],)


def test_a_second_draft_of_the_day_gets_its_own_name(site: sites.Site) -> None:
    """Never over what somebody is writing."""
    first, second, third = (drafts.begin(site, "recap", SLUG) for _ in range(3))

    assert [draft.path.name for draft in (first, second, third)] == [
        "2018-06-29-recap.md", "2018-06-29-recap-2.md", "2018-06-29-recap-3.md",
    ]  # fmt: skip


def test_a_draft_is_dated_in_the_list_s_zone(make_site, ticking) -> None:
    """A few minutes past midnight in Auckland is the next day there."""
    ticking.moment = datetime(2018, 6, 29, 13, 0, tzinfo=UTC)
    site = make_site(SLUG, list_toml=LIST_TOML + 'time_zone = "Pacific/Auckland"\n')

    assert drafts.begin(site, "recap", SLUG).path.name == "2018-06-30-recap.md"


def test_a_draft_of_a_known_meeting_takes_its_title(site: sites.Site) -> None:
    """The meeting is named in the front matter, and its facts come from the site."""
    with site.store.write():
        meetings.add(
            site.store,
            "ai",
            1,
            "AI",
            "2018-09-13T17:00:00.000Z",
            "2018-09-13T18:00:00.000Z",
            "Parsons",
            "drinks",
            "u1",
            site.clock.iso(),
        )

    found = editions.open_edition(site, drafts.begin(site, "invitation", SLUG, meeting="ai").path)

    assert found.edition.subject == "AI"
    meeting = found.frame.meeting
    assert meeting is not None
    assert (meeting.starts.isoformat(), meeting.ends and meeting.ends.isoformat()) == (
        "2018-09-13T18:00:00+01:00",
        "2018-09-13T19:00:00+01:00",
    )
    assert (meeting.place, meeting.then) == ("Parsons", "drinks")
    with site.store.write():
        assert editions.fix_meeting(site, found) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "a\r\nBcc: b"}, "the title holds a control character"), ({"title": "x" * 151}, "150 are allowed"),
        ({"meeting": "none"}, "there is no meeting 'none'"), ({"slug": "none"}, "there is no list 'none'"),
    ],
    ids=str,
)  # fmt: skip
def test_a_draft_that_cannot_be(site: sites.Site, change: dict[str, str], message: str) -> None:
    """No file is left behind."""
    with pytest.raises(errors.NewsletterError, match=message):
        drafts.begin(site, "recap", **{"slug": SLUG, **change})

    assert list((site.root / "lists" / SLUG / "editions").iterdir()) == []


def test_the_facts_around_an_edition(make_site) -> None:
    """From the first list's own values over the site's; times in its zone."""
    site = make_site(
        SLUG, "other", list_toml=LIST_TOML + 'name = "The section"\ntime_zone = "Europe/Berlin"\n'
    )
    path = write(site, text=TEXT.replace('kind = "recap"', f'kind = "recap"\nlists = ["other", "{SLUG}"]'))

    found = editions.open_edition(site, path)

    assert found.id == f"{SLUG}/2018-06-29-meeting-1"
    assert [one.slug for one in found.lists] == [one.slug for one in found.frame.lists] == ["other", SLUG]
    assert (found.frame.site, found.frame.zone, found.frame.base_url) == (
        "The section",
        "Europe/Berlin",
        "http://127.0.0.1:8000",
    )
    assert found.frame.meeting is not None
    assert found.frame.meeting.starts.isoformat() == "2018-09-13T18:00:00+02:00"
    assert found.frame.receive == "bounces@lists.example.org"
    assert found.frame.folder == path.parent


def test_without_verp_no_token_address_is_used(make_site) -> None:
    """verp = "none" keeps the return path plain."""
    site = make_site(toml=NEWSLETTER_TOML.replace('kind = "maildir"', 'kind = "maildir"\nverp = "none"'))

    assert editions.open_edition(site, write(site)).frame.receive is None


def _elsewhere(site: sites.Site) -> Path:
    path = site.root / "note.md"
    path.write_text(TEXT)
    return path


def _linked(site: sites.Site) -> Path:
    path = site.root / "lists" / SLUG / "editions" / "linked.md"
    path.symlink_to(_elsewhere(site))
    return path


def _deep(site: sites.Site) -> Path:
    path = site.root / "lists" / SLUG / "editions" / "old" / "a.md"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


def _of_no_list(site: sites.Site) -> Path:
    folder = site.root / "lists" / "gone" / "editions"
    folder.mkdir(parents=True)
    return Path(shutil.copy(write(site), folder))


def _latin(site: sites.Site) -> Path:
    path = write(site)
    path.write_bytes(TEXT.replace("friend", "Fr\u00fchaufsteher").encode("latin-1"))
    return path


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda site: site.root / "nowhere.md", errors.NotFoundError, r"there is no file .*nowhere\.md"),
        (lambda site: site.root / "lists", errors.NotFoundError, "there is no file"),
        (_elsewhere, errors.UsageError, "does not lie in an editions folder of this site"),
        (_linked, errors.UsageError, "does not lie in an editions folder of this site"),
        (_deep, errors.UsageError, "does not lie in an editions folder of this site"),
        (_of_no_list, errors.NotFoundError, "there is no list 'gone'"),
        (lambda site: write(site, "Meeting 1.md"), errors.UsageError, r"Meeting 1\.md cannot name an edition"),
        (lambda site: write(site, "meeting.txt"), errors.UsageError, r"meeting\.txt cannot name an edition"),
        (lambda site: write(site, text="x" * 1_000_001), errors.EditionError, "is larger than 1000 KB"),
        (_latin, errors.EditionError, "is not written in UTF-8"),
        (lambda site: write(site, text=TEXT.replace("recap", 'recap"\nlists = ["none"]\n#', 1)), errors.NotFoundError, "there is no list 'none'"),
        (lambda site: write(site, text='+++\nkind = "recap"\nsubject = "s"\nnext_meeting = "none"\n+++\nx\n'), errors.NotFoundError,
         "there is no meeting 'none'"),
    ],
    ids=["missing", "folder", "elsewhere", "symlink", "too-deep", "no-list", "name", "suffix", "large", "latin-1", "lists", "meeting"],
)  # fmt: skip
def test_a_file_that_is_no_edition(site: sites.Site, make, error, message: str) -> None:
    """Each with its reason and something to do."""
    with pytest.raises(error, match=message) as refused:
        editions.open_edition(site, make(site))

    assert refused.value.hint or "larger" in message or "'none'" in message


def fixed(site: sites.Site, text: str = TEXT) -> int | None:
    found = editions.open_edition(site, write(site, text=text))
    with site.store.write():
        return editions.fix_meeting(site, found)


def test_a_next_meeting_is_made_once(site: sites.Site) -> None:
    """A table creates it, the same table again agrees with it; UTC in the store, two hours where no end is given."""
    first = fixed(site)
    again = fixed(site, TEXT.replace("ends = 2018-09-13T19:00:00\n", ""))
    second = fixed(
        site, TEXT.replace("2018-09-13T18", "2018-10-11T18").replace("ends = 2018-09-13T19:00:00\n", "")
    )

    assert (first, again, second) == (1, 1, 2)
    rows = [meetings.by_slug(site.store, slug) for slug in (f"{SLUG}-2018-09-13", f"{SLUG}-2018-10-11")]
    assert [row and (row["starts"], row["ends"], row["sequence"]) for row in rows] == [
        ("2018-09-13T17:00:00.000Z", "2018-09-13T18:00:00.000Z", 0),
        ("2018-10-11T17:00:00.000Z", "2018-10-11T19:00:00.000Z", 0),
    ]


@pytest.mark.parametrize(
    ("old", "new"), [("AI, without the pitch", "Something else"), ("The Parsons", "Elsewhere")]
)
def test_a_next_meeting_that_disagrees_is_refused(site: sites.Site, old: str, new: str) -> None:
    """Two truths about one evening would send people to two places; the hint names the one that is known."""
    fixed(site)

    with pytest.raises(
        errors.RefusedError,
        match="another meeting is known for that time: 'AI, without the pitch' at The Parsons",
    ) as refused:
        fixed(site, TEXT.replace(old, new))

    assert refused.value.hint == f'Name it instead: next_meeting = "{SLUG}-2018-09-13"'


def test_two_meetings_of_a_day_have_two_names(site: sites.Site) -> None:
    """A slug is unique on the site."""
    fixed(site)
    fixed(site, TEXT.replace("T18:00:00", "T20:00:00").replace("T19:00:00", "T21:00:00"))

    assert meetings.by_slug(site.store, f"{SLUG}-2018-09-13-2") is not None


def test_an_edition_without_a_meeting_fixes_none(site: sites.Site) -> None:
    """And that is no fault."""
    assert fixed(site, '+++\nkind = "letter"\nsubject = "s"\n+++\nHello\n') is None


def test_the_source_s_hash_is_of_every_letter(site: sites.Site) -> None:
    """By it the same text is not sent twice."""
    one = editions.open_edition(site, write(site)).source_hash
    two = editions.open_edition(site, write(site, "copy.md")).source_hash
    other = editions.open_edition(site, write(site, "other.md", TEXT + " ")).source_hash

    assert one == two != other
