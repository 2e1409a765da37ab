"""A preview is the mail as one reader will get it: who the reader is, what is shown, what is written."""

import email
import email.policy
from datetime import date
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import members, previews
from newsletter.store import members as rows
from tests.conftest import LIST_TOML
from tests.people import add_member, dump
from tests.service import coming, outgoing

SLUG = "south-hants-it"
TEXT = """\
+++
kind = "recap"
subject = 'Meeting 1, for {{ first_name | "friend" }}'
preheader = "What we talked about, and the next date in September"
+++
Dear {{ first_name | "friend" }} of {{ company | "no company" }},

we met.
"""
NOTICE = TEXT.replace("recap", "notice")


@pytest.fixture
def write(tmp_path: Path):
    def at(site: sites.Site, text: str = TEXT) -> Path:
        path = site.root / "lists" / SLUG / "editions" / "meeting-1.md"
        path.write_text(text, encoding="utf-8")
        return path

    return at


def parsed(found: previews.Preview):
    return email.message_from_bytes(found.eml, policy=email.policy.default)


def test_the_named_member_s_own_values(site: sites.Site, write) -> None:
    """Subject, text and HTML carry them; the mail is the one that would go out, links of nobody in it."""
    add_member(site, "ada@example.org", SLUG, name="Ada Lovelace")
    members.edit(site, "ada@example.org", fields={"company": "Analytical <Engines> & Co"})

    found = previews.preview(site, write(site), "ADA@example.org")

    assert found.reader == "ada@example.org"
    message = parsed(found)
    assert message["Subject"] == "Meeting 1, for Ada"
    assert message["To"].addresses[0].addr_spec == "ada@example.org"
    assert "Dear Ada of Analytical <Engines> & Co," in found.text
    assert "Analytical &lt;Engines&gt; &amp; Co" in found.html
    token = message["List-Unsubscribe"].split("/leave/")[1][:40]
    assert site.tokens.read("leave", token).member == 0


def test_without_a_name_the_first_who_may_get_it(site: sites.Site, write) -> None:
    """In the order of addresses, passing over those who may not."""
    members.add(site, "a@example.org", SLUG, members.Basis("consent", ""))
    add_member(site, "b@example.org", SLUG)
    members.leave(site, "b@example.org", SLUG)
    add_member(site, "c@example.org", SLUG)

    assert previews.preview(site, write(site)).reader == "c@example.org"


def test_without_members_a_made_up_reader(site: sites.Site, write) -> None:
    """In a reserved domain, with a value for each field."""
    found = previews.preview(site, write(site))

    assert found.reader == "sam.okafor@example.org"
    assert "Dear Sam of Company," in found.text


def _hold(site: sites.Site) -> None:
    members.add(site, "ada@example.org", SLUG, members.Basis("consent", ""))


def _leave(site: sites.Site) -> None:
    add_member(site, "ada@example.org", SLUG)
    members.leave(site, "ada@example.org", SLUG)


def _pause(site: sites.Site) -> None:
    add_member(site, "ada@example.org", SLUG)
    members.pause(site, "ada@example.org", date(2018, 8, 1))


def _dead(site: sites.Site) -> None:
    member = add_member(site, "ada@example.org", SLUG)
    with site.store.write():
        rows.set_health(site.store, member, "dead", "550", site.clock.iso())


def _over(site: sites.Site) -> None:
    members.add(site, "ada@example.org", SLUG, members.Basis("membership", "roll", until=date(2018, 7, 1)))
    site.clock.moment = site.clock.moment.replace(month=8)


@pytest.mark.parametrize("make", [_hold, _leave, _pause, _dead, _over])
def test_a_member_who_may_not_get_it_is_told(site: sites.Site, write, make) -> None:
    """The gate is the same as at the send."""
    make(site)

    with pytest.raises(errors.RefusedError, match=r"ada@example\.org may not get this edition") as refused:
        previews.preview(site, write(site), "ada@example.org")

    assert refused.value.hint == "See why: newsletter member show ada@example.org"


def test_a_pause_that_is_over_counts_no_more(site: sites.Site, write) -> None:
    """On its day mail goes out again, also before the clock's work has been done."""
    _pause(site)
    site.clock.moment = site.clock.moment.replace(month=8, day=1)

    assert previews.preview(site, write(site), "ada@example.org").reader == "ada@example.org"


def test_a_notice_reaches_a_paused_member(site: sites.Site, write) -> None:
    """S mail goes through a pause."""
    _pause(site)

    assert previews.preview(site, write(site, NOTICE), "ada@example.org").reader == "ada@example.org"


def test_a_list_that_confirms_always_waits_for_the_word(make_site, write) -> None:
    """Paper alone is not enough there."""
    site = make_site(SLUG, list_toml=LIST_TOML + 'confirm = "always"\n')
    add_member(site, "ada@example.org", SLUG)

    with pytest.raises(errors.RefusedError, match="may not get this edition"):
        previews.preview(site, write(site), "ada@example.org")


def test_an_unknown_member_is_told(site: sites.Site, write) -> None:
    """Not quietly replaced by somebody else."""
    with pytest.raises(errors.NotFoundError, match=r"ada@example\.org is not known"):
        previews.preview(site, write(site), "ada@example.org")


def test_a_preview_changes_nothing(site: sites.Site, write) -> None:
    """It may be looked at as often as one likes: no row, no meeting, no first mail."""
    add_member(site, "ada@example.org", SLUG)
    path, before = write(site), dump(site)

    previews.preview(site, path)

    assert dump(site) == before


def test_by_the_command(site: sites.Site, write, tmp_path: Path, capsys) -> None:
    """Three files where told, findings with their rule; a later preview replaces them."""
    import json

    from newsletter.cli import main

    path = write(site, TEXT.replace("we met.", "we met on Friday 28 June 2018."))
    words = ["--site", str(site.root), "preview", str(path), "--output", str(tmp_path / "out")]

    assert main.run(words) == 0
    shown = capsys.readouterr().out
    assert main.run([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "preview.eml",
        "preview.html",
        "preview.txt",
    ]
    assert "As sam.okafor@example.org will get it:" in shown
    assert set(told) == {"reader", "files", "findings"}
    assert {tuple(sorted(finding)) for finding in told["findings"]} == {("level", "rule", "text", "where")}
    assert "error" in {finding["level"] for finding in told["findings"]}
    assert f"[{told['findings'][0]['rule']}]" in shown


def test_by_the_command_in_the_site_s_own_folder(site: sites.Site, write, capsys) -> None:
    """Without --output: SITE/preview."""
    from newsletter.cli import main

    assert main.run(["--site", str(site.root), "preview", str(write(site))]) == 0

    assert (site.root / "preview" / "preview.html").is_file()
    assert str(site.root / "preview" / "preview.eml") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "subject", "says"),
    [
        ("second-notice", "Second notice: Come to our second meeting", "a second notice"),
        ("free-place", "Still coming? Come to our second meeting", "free your place"),
        ("day-before", "Reminder: Come to our second meeting", "Thursday 13 September 2018"),
    ],
)
def test_a_reminder_is_seen_before_it_goes(site, name, subject, says):
    """What will follow an invitation, as its reader will get it; nothing is written."""
    path = outgoing.edition(site, coming.EDITION)
    before = dump(site)

    found = previews.preview(site, path, reminder=name)

    assert f"Subject: {subject}".encode() in found.eml.replace(b"\r\n ", b" ")
    assert says in " ".join(found.text.split())
    assert dump(site) == before


def test_what_is_no_invitation_has_no_reminder_to_see(site):
    """A recap is followed by nothing."""
    with pytest.raises(errors.UsageError, match="is no invitation to a meeting"):
        previews.preview(site, outgoing.edition(site), reminder="day-before")
