"""Paper sheets: who stands on one is attested with its scan, its words, its day and its collector; nobody is raised."""

import dataclasses
import json
from datetime import date, timedelta

import pytest

from newsletter import site as sites
from newsletter.core import errors, wordings
from newsletter.service import attendance, consent, forgetting, handouts, members, sheets
from newsletter.store import ledger
from tests.conftest import LIST_TOML, NOW
from tests.people import add_member
from tests.service import asking, evening
from tests.service.evening import SLUG, SOUTH

SCAN = ("sheet.jpg", b"\xff\xd8 a photograph")
DAY = date(2018, 6, 28)


def code(opened: sites.Site) -> str:
    """The code on a sheet printed now."""
    html = handouts.sheet(opened, SOUTH).html.decode()
    return html.partition("Code of these words: ")[2][:14]


def sheet(opened: sites.Site, *lines: tuple[str, str], **more: object) -> sheets.Sheet:
    typed = tuple(sheets.Line(*line) for line in lines)
    made = sheets.Sheet(SOUTH, code(opened), DAY, "Grace", "spring fair", typed, SCAN)
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def test_lines_are_attested_with_all_that_proves_them(site) -> None:
    """The day of the paper, the words by the code, the scan, who collected it and where."""
    found = sheets.enter(site, sheet(site, ("ada@example.org", "Ada Lovelace"), ("ben@example.org", "")))

    assert [one.what for one in found.outcomes] == ["added", "added"]
    (subscription,) = members.show(site, "ada@example.org")["subscriptions"]
    assert (subscription["state"], subscription["since"][:10]) == ("attested", "2018-06-28")
    event = ledger.of_member(site.store, members.find(site, "ada@example.org")["id"])[-1]
    assert (event["channel"], event["evidence"]) == ("sheet", found.scan)
    assert ledger.wording(site.store, event["wording"]) == site.mailing_list(SOUTH).wording
    kept = json.loads(event["json"])
    assert kept["statement"] == "signed on paper, collected by Grace"
    assert kept["source"] == "sign-up sheet, spring fair, 2018-06-28"
    assert consent.verify(site).ok


def test_what_cannot_be_is_told_and_the_rest_is_taken(site) -> None:
    """No address, a job's, somebody who left, a name that is none; a slip is asked about; the scan is sent once."""
    add_member(site, "left@example.org", SOUTH)
    members.leave(site, "left@example.org", SOUTH)
    gone = add_member(site, "gone@example.org", SOUTH)
    forgetting.forget(site, gone, "person", "page", everything=False)
    lines = [
        ("nobody", ""), ("info@", ""), ("postmaster@example.org", ""), ("left@example.org", ""),
        ("gone@example.org", ""), ("x@example.org", "x" * 201), ("ada@gmial.com", "Ada"),
    ]  # fmt: skip

    found = sheets.enter(site, sheet(site, *lines))

    assert [one.why for one in found.outcomes] == ["address", "address", "role", "out", "out", "name", ""]
    assert (found.outcomes[-1].what, found.outcomes[-1].slip) == ("added", "gmail.com")
    again = sheets.enter(site, sheet(site, ("ben@example.org", ""), scan=None, kept=found.scan))
    assert again.scan == found.scan and again.count("added") == 1
    assert sheets.enter(site, sheet(site, ("cleo@example.org", ""), scan=None, kept="0" * 64)).scan == ""


def test_typed_twice_it_counts_once(site) -> None:
    """Nobody gets a second event."""
    one = sheet(site, ("ada@example.org", "Ada"))
    sheets.enter(site, one)
    head = ledger.head(site.store)

    assert sheets.enter(site, one).count("known") == 1

    assert ledger.head(site.store) == head


def test_an_old_sheet_is_held(site, ticking) -> None:
    """A signature older than six months is no consent to write to."""
    one = sheet(site, ("ada@example.org", ""))
    ticking.moment = NOW + timedelta(days=200)

    assert sheets.enter(site, one).count("held") == 1


def test_a_strict_list_asks_first(make_site) -> None:
    """`confirm = "always"`: the confirm mail goes before anything else."""
    opened = make_site(list_toml=LIST_TOML + 'confirm = "always"\n')

    sheets.enter(opened, sheet(opened, ("ada@example.org", "")))

    assert asking.kinds(opened) == ["confirm"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"code": "0000-0000-0000"}, "is no code of words"),
        ({"code": "%"}, "is no code of words"),
        ({"collector": " "}, "who collected"),
        ({"collector": "a\nb"}, "control character"),
        ({"day": date(2018, 6, 30)}, "still to come"),
    ],
)
def test_a_sheet_needs_its_head(site, more: dict[str, object], words: str) -> None:
    """Without words, day and collector nothing is proved, and nothing is taken."""
    with pytest.raises(errors.InputError, match=words):
        sheets.enter(site, sheet(site, ("ada@example.org", ""), **more))
    with pytest.raises(errors.NotFoundError):
        members.find(site, "ada@example.org")


def test_the_code_is_read_as_people_type_it() -> None:
    """Capitals, blanks, no hyphens."""
    assert wordings.read_code(" 3F2A 9c1b07de ") == "3f2a9c1b07de"
    assert wordings.read_code("3f2a-9c1b-07d") == "" == wordings.read_code("3f2a-9c1b-07dg")


def test_what_is_printed(site) -> None:
    """The words to the letter, the way to join, as many lines as asked for; names and nothing else of anybody."""
    evening.meet(site)
    paper = handouts.sheet(site, SOUTH, 20).html.decode()
    assert site.mailing_list(SOUTH).wording in paper and "<td>20</td>" in paper and "<td>21</td>" not in paper
    poster = handouts.poster(site, SOUTH).html.decode()
    assert "http://127.0.0.1:8000/join/south-hants-it" in poster and "<svg" in poster
    names = handouts.names(site, SLUG).html.decode()
    assert "Ada Smith" in names and "and 1 more" in names and "2 people with their guests" in names
    assert "@" not in names.partition("</style>")[2] and "Dan" not in names
    assert attendance.tell(site, SLUG)["came"] == 0


def test_nothing_is_overwritten(site, tmp_path) -> None:
    """A file that is there stays; in a folder a paper gets its own name."""
    made = handouts.poster(site, SOUTH)
    path = handouts.write(made, tmp_path)
    assert path.name == "poster-south-hants-it.html" and path.stat().st_mode & 0o077 == 0

    with pytest.raises(errors.UsageError, match="is there already"):
        handouts.write(made, path)
    with pytest.raises(errors.InputError, match="cannot be written"):
        handouts.write(made, tmp_path / "nowhere" / "x.html")
