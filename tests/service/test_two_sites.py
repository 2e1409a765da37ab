"""R3, RFC 3834 2: two of our own installations that write to each other fall silent."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from newsletter import site as sites
from newsletter.mail import catcher
from newsletter.service import receiving, returns, sending
from tests import conftest
from tests.conftest import FixedClock
from tests.service import inbound

OURS, THEIRS = "meetup@lists.example.org", "meetup@lists.example.net"


def test_two_of_us_do_not_answer_each_other(make_site, tmp_path: Path, ticking: FixedClock) -> None:
    """Each is a member of the other's list and the goal of its letters; one letter and one wish start it, on five days."""
    with catcher.catching(tmp_path / "caught") as caught:
        toml = conftest.NEWSLETTER_TOML.replace("2525", str(caught.port)).replace("bounces@", "meetup@")
        one = make_site(toml=toml, list_toml=conftest.LIST_TOML + f'reply_to = "{THEIRS}"\n')
        two = make_site(
            toml=toml.replace("example.org", "example.net"),
            list_toml=conftest.LIST_TOML.replace("example.org", "example.net") + f'reply_to = "{OURS}"\n',
        )
        for opened, other in ((one, THEIRS), (two, OURS)):
            for member in (other, "ada@example.com"):
                inbound.member_with_mail(opened, member)
        started = [
            inbound.mail("ada@example.com", OURS, "Hello", "Is anybody there?"),
            inbound.mail(THEIRS, OURS, "unsubscribe", ""),
        ]
        for mail in started:
            returns.take(one, mail)
        seen = 0
        for _ in range(40):
            for opened in (one, two):
                receiving.finish(opened, lambda text: None)
                sending.run(opened, wait=False)
            fresh, seen = caught.caught[seen:], len(caught.caught)
            for mail in fresh:
                if mail.recipient in (OURS, THEIRS):
                    goal: sites.Site = one if mail.recipient == OURS else two
                    returns.take(goal, mail.file.read_bytes(), mail.recipient)
            ticking.moment += timedelta(hours=3)

    went = Counter(mail.recipient for mail in caught.caught)
    assert went == {THEIRS: 2}, went  # the letter passed on, and the question whether they want to leave
