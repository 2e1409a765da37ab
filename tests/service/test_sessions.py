"""The front door for organisers: who gets a link, what it opens, and when a session ends (T11, T12, T15, T41)."""

import time
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.mail import catcher
from newsletter.service import sessions
from newsletter.store import passes as store
from newsletter.store import sessions as rows
from tests import conftest
from tests.conftest import NEWSLETTER_TOML
from tests.service import outgoing
from tests.service.asking import kinds

CHAIR = "chair@example.org"


def token(opened: sites.Site) -> str:
    """The token of the newest link to the desk."""
    row = opened.store.row("SELECT id, salt FROM pass WHERE kind = 'desk' ORDER BY id DESC LIMIT 1")
    assert row is not None
    return opened.tokens.make("desk", row["id"], row["salt"])


def sign_in(opened: sites.Site) -> sessions.Begun:
    """The whole way in."""
    return sessions.begin(opened, sessions.link(opened, CHAIR).rpartition("/")[2])


def test_an_organiser_gets_a_link_by_mail_and_nobody_else(site) -> None:
    """However the address is spelled; a member who is no organiser gets nothing."""
    for address in ("stranger@example.org", "Chair@Example.org"):
        sessions.ask(site, address)

    assert kinds(site) == ["desk"]
    row = site.store.row("SELECT address, member FROM delivery")
    assert (row["address"], row["member"]) == (CHAIR, 0)


def test_the_mail_goes_out_though_its_reader_is_no_member(tmp_path, make_site) -> None:
    """Over a real socket, with the link that opens the desk."""
    with catcher.catching(tmp_path / "caught") as taken:
        opened = make_site(toml=NEWSLETTER_TOML.replace("2525", str(taken.port)))
        sessions.ask(opened, CHAIR)
        outgoing.send(opened)

    (caught,) = taken.caught
    mail = message_from_bytes(caught.file.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None and f"/desk/{token(opened)}" in body.get_content()
    assert caught.recipient == CHAIR and mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None


def test_asking_again_sends_nothing_while_a_link_is_good(site, ticking) -> None:
    """Nobody is buried in links, and nobody is locked out: whoever gets no new link has a good one."""
    for minute in range(60):
        ticking.moment = conftest.NOW + timedelta(minutes=minute)
        sessions.ask(site, CHAIR)
        assert sessions.look(site, token(site)).state == "open"

    assert len(kinds(site)) == 12


def test_the_time_it_takes_tells_nothing(site, ticking) -> None:
    """T15: an organiser's asking and a stranger's take the same within five milliseconds, flush of the disk included."""
    took: dict[str, list[float]] = {CHAIR: [], "nobody@example.org": []}
    for turn in range(60):
        ticking.moment += timedelta(minutes=6)
        for address in sorted(took, reverse=bool(turn % 2)):
            began = time.perf_counter()
            sessions.ask(site, address)
            took[address].append(time.perf_counter() - began)

    fast, slow = sorted(sorted(one)[len(one) // 4] for one in took.values())
    assert slow - fast < 0.005


def test_a_link_opens_once(site) -> None:
    """The second press finds it used; so does whoever reads the mail later."""
    sessions.ask(site, CHAIR)
    begun = sessions.begin(site, token(site))

    assert begun.session.email == CHAIR and begun.session.role == "chair"
    with pytest.raises(errors.ExpiredError):
        sessions.begin(site, token(site))
    assert len(sessions.running(site)) == 1


def test_a_link_is_over_after_a_quarter_of_an_hour(site, ticking) -> None:
    """Looking at it changes nothing before and after."""
    sessions.ask(site, CHAIR)
    assert sessions.look(site, token(site)).state == "open"
    ticking.moment += timedelta(minutes=15)

    assert sessions.look(site, token(site)).state == "over"
    with pytest.raises(errors.ExpiredError):
        sessions.begin(site, token(site))


def test_tokens_of_another_kind_open_nothing(site) -> None:
    """A booth's token, a wrong salt, a number that is not there yet: not ours."""
    sessions.ask(site, CHAIR)
    row = site.store.row("SELECT id, salt FROM pass")

    for wrong in (
        site.tokens.make("booth", row["id"], row["salt"]),
        site.tokens.make("desk", row["id"], row["salt"] ^ 1),
        site.tokens.make("desk", row["id"] + 1, row["salt"]),
        "x" * 40,
    ):
        with pytest.raises(errors.NotFoundError):
            sessions.begin(site, wrong)


def test_the_database_holds_no_secret(site) -> None:
    """Who reads it, or a backup, cannot sign in by it (T11)."""
    begun = sign_in(site)

    assert begun.secret not in b"".join(row["hash"] for row in rows.all_of(site.store))
    assert sessions.find(site, begun.secret) == begun.session
    assert sessions.find(site, begun.session.digest) is None
    assert sessions.find(site, b"") is None


@pytest.mark.parametrize(("rest", "alive"), [(timedelta(minutes=119), True), (timedelta(minutes=120), False)])
def test_a_session_ends_when_nothing_is_done(site, ticking, rest: timedelta, alive: bool) -> None:
    """Two hours after the last act."""
    begun = sign_in(site)
    ticking.moment += rest

    assert (sessions.find(site, begun.secret) is not None) == alive


def test_a_session_ends_in_the_end(site, ticking) -> None:
    """Twelve hours after its begin, however busy its organiser is."""
    begun = sign_in(site)
    for _ in range(11):
        ticking.moment += timedelta(hours=1)
        assert sessions.acting(site, begun.session).organiser == CHAIR
        assert sessions.find(site, begun.secret)
    ticking.moment += timedelta(hours=1)
    sessions.acting(site, begun.session)

    assert sessions.find(site, begun.secret) is None


def test_signing_out_here_and_everywhere(site) -> None:
    """Here ends this browser's session; everywhere ends all, and the link that still lies in the mailbox."""
    first, second, third = (sign_in(site) for _ in range(3))
    sessions.ask(site, CHAIR)
    waiting = token(site)

    sessions.end(site, first.session, everywhere=False)
    assert sessions.find(site, first.secret) is None and sessions.find(site, second.secret)
    sessions.end(site, second.session, everywhere=True)

    assert sessions.find(site, third.secret) is None
    assert sessions.look(site, waiting).state == "ended"


def test_signing_in_anew_ends_the_session_before(site) -> None:
    """And has another secret (T11)."""
    first = sign_in(site)
    second = sessions.begin(site, sessions.link(site, CHAIR).rpartition("/")[2], first.secret)

    assert first.secret != second.secret
    assert sessions.find(site, first.secret) is None and sessions.find(site, second.secret)


def test_who_is_no_organiser_any_more_is_out(make_site) -> None:
    """newsletter.toml decides at every look, also about a link that waits."""
    opened = make_site()
    begun = sign_in(opened)
    waiting = sessions.link(opened, CHAIR).rpartition("/")[2]
    file = opened.root / "newsletter.toml"
    file.write_text(NEWSLETTER_TOML.replace('email = "chair@', 'email = "other@'))

    again = sites.open_site(opened.root, running=opened.clock)

    assert sessions.find(again, begun.secret) is None
    assert sessions.look(again, waiting).state == "ended"
    with pytest.raises(errors.NotFoundError, match="is no organiser"):
        sessions.link(again, CHAIR)
    again.close()


def test_the_command_signs_everybody_out(site) -> None:
    """Or one of them; it says how many sessions that were."""
    begun = sign_in(site)

    assert sessions.end_all(site, "other@example.org") == 0
    assert sessions.end_all(site, None) == 1
    assert sessions.find(site, begun.secret) is None


def test_passes_of_a_restored_database_are_ended(site) -> None:
    """A session that was ended since must not come back with a backup."""
    begun = sign_in(site)
    waiting = sessions.link(site, CHAIR).rpartition("/")[2]
    with site.store.write():
        store.end_all(site.store, site.clock.iso())

    assert sessions.find(site, begun.secret) is None
    assert sessions.look(site, waiting).state == "ended"
