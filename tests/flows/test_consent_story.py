"""The story of one consent, over a real SMTP server and the real command: asked, confirmed, proved, left, forgotten."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import tokens
from newsletter.mail import catcher
from newsletter.service import confirming, joining, mypage, sending, signup
from tests import conftest, people
from tests.service import asking
from tests.service.asking import SOUTH

LINK = re.compile(r"http://127\.0\.0\.1:8000/(c|me|leave|join)/([a-z0-9-]+)")


@pytest.fixture
def caught(tmp_path: Path) -> Iterator[catcher.Catcher]:
    """The world outside: it takes every mail."""
    with catcher.catching(tmp_path / "caught") as found:
        yield found


@pytest.fixture
def group(
    make_site: Callable[..., sites.Site], caught: catcher.Catcher, monkeypatch: pytest.MonkeyPatch
) -> sites.Site:
    """A site with two lists whose relay is the catcher."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    toml = conftest.NEWSLETTER_TOML.replace("port = 2525", f"port = {caught.port}")
    return make_site(SOUTH, "other", toml=toml)


def newest(site: sites.Site, caught: catcher.Catcher) -> tuple[EmailMessage, str, bytes]:
    """Send what is due; return the newest mail, its plain text and its bytes."""
    count = len(caught.caught)
    sending.run(site, wait=False)
    assert len(caught.caught) == count + 1, "one mail was expected"
    octets = caught.caught[-1].file.read_bytes()
    mail = message_from_bytes(octets, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body is not None
    return mail, body.get_content(), octets


def links(text: str) -> dict[str, list[str]]:
    """The tokens of the links in a mail, by the page they lead to."""
    found: dict[str, list[str]] = {}
    for page, token in LINK.findall(text):
        found.setdefault(page, []).append(token)
    return found


def command(site: sites.Site, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "newsletter", "--site", str(site.root), *words],
        capture_output=True, text=True, check=False, env={**os.environ}, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def test_from_the_form_to_the_proof_and_out_again(
    group: sites.Site, caught: catcher.Catcher, tmp_path: Path
) -> None:
    """Join, confirm, welcome; the proof holds the very bytes that went out; leave, goodbye; fresh link, forget."""
    joining.ask(
        group, joining.Wanted("Ada@example.net", (SOUTH,), name="Buy cheap pills http://spam.example")
    )
    mail, text, octets = newest(group, caught)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert b"pills" not in octets and b"spam" not in octets, "nothing that the requester typed"
    assert "about once a month" in text
    yes, no = links(text)["c"]

    joined = confirming.confirm(group, yes).joined[0]
    welcome, text, _ = newest(group, caught)
    assert joined.receipt in text
    assert re.fullmatch(r"\d+-[0-9a-f]{16}", joined.receipt)
    assert welcome["To"].addresses[0].addr_spec == "Ada@example.net"
    leave, me = links(text)["leave"][0], links(text)["me"][0]
    assert [one.state for one in mypage.look(group, me).places] == ["confirmed"]
    assert confirming.block(group, no).places[0].state == "confirmed", "too late to say not me"

    proof = command(group, "member", "proof", "ada@example.net", "--output", str(tmp_path / "proof"))
    assert proof.returncode == 0, proof.stderr
    (kept,) = (tmp_path / "proof" / "mails").iterdir()
    assert kept.read_bytes() == octets
    checked = subprocess.run(
        [sys.executable, str(tmp_path / "proof" / "verify.py")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout

    assert [one.slug for one in signup.leave(group, leave, "one-click").left] == [SOUTH]
    goodbye, text, _ = newest(group, caught)
    assert "You have left" in goodbye["Subject"]
    assert SOUTH in links(text)["join"]

    mypage.ask_fresh(group, "ADA@example.net")
    _, text, _ = newest(group, caught)
    fresh = links(text)["me"][0]
    data = mypage.look(group, fresh).data
    assert data is not None
    assert [act.step for act in data.history] == ["requested", "mailed", "confirmed", "withdrawn"]
    mypage.forget(group, fresh, everything=False)

    verified = command(group, "--json", "ledger", "verify")
    assert json.loads(verified.stdout)["ok"] is True
    for file in group.root.glob("newsletter.db*"):
        assert b"ada@example.net" not in file.read_bytes().lower()
    gone = command(group, "member", "proof", "ada@example.net")
    assert gone.returncode == 1
    assert "was forgotten on" in gone.stderr


def test_ten_thousand_posts_for_one_victim_bring_one_mail(group: sites.Site, caught: catcher.Catcher) -> None:
    """Every spelling, both lists, the page for fresh links too: one mail at the peer (T13)."""
    forms = ["Victim@gmail.com", "v.ictim@gmail.com", "victim+{}@gmail.com", "V.I.C.T.I.M+{}@googlemail.com"]
    with group.store.write():
        for n in range(2_500):
            for form in forms:
                joining.ask(group, joining.Wanted(form.format(n), ((SOUTH, "other")[n % 2],)))
            mypage.ask_fresh(group, forms[n % 4].format(n))
    sending.run(group, wait=False)

    assert len(caught.caught) == 1


def test_mails_of_requests_survive_a_key_rotation(group: sites.Site, caught: catcher.Catcher) -> None:
    """A confirm mail queued before the rotation and sent after it carries a link that works."""
    joining.ask(group, joining.Wanted("ada@example.net", (SOUTH,)))
    assert command(group, "--yes", "key", "rotate").returncode == 0

    _, text, _ = newest(group, caught)

    assert confirming.look(group, links(text)["c"][0]).open


def test_changing_the_address_asks_the_new_and_tells_the_old(
    group: sites.Site, caught: catcher.Catcher
) -> None:
    """The confirm mail goes to the new address alone, the notice to the old one, and neither shows the other in full."""
    member = asking.join(group, "old@example.net")
    sending.run(group, wait=False)
    mypage.move(group, asking.fresh(group, member), "new@example.com")
    sending.run(group, wait=False)
    change = caught.caught[-1]
    text = change.file.read_bytes().decode()
    assert change.recipient == "new@example.com"
    assert "old@example.net" not in text

    confirming.confirm(group, asking.token(group, "confirm", "address"))
    told, text, _ = newest(group, caught)

    assert told["To"].addresses[0].addr_spec == "old@example.net"
    assert "n****@example.com" in text
    assert "new@example.com" not in text


def test_no_mail_of_a_request_carries_a_token_that_opens_more(
    group: sites.Site, caught: catcher.Catcher
) -> None:
    """The unproven address's mail holds no token to leave, to choose or to see anything."""
    joining.ask(group, joining.Wanted("ada@example.net", (SOUTH,)))
    _, text, octets = newest(group, caught)
    purposes: list[tokens.Purpose] = ["leave", "me", "fresh", "undo", "rsvp"]

    for token in re.findall(r"[a-z2-7]{40}", text + octets.decode()):
        assert not any(group.tokens.read(purpose, token) for purpose in purposes)


def test_a_message_never_goes_to_somebody_who_only_asked(group: sites.Site, caught: catcher.Catcher) -> None:
    """Unconfirmed people are in no audience (T14)."""
    from newsletter.store import audience

    joining.ask(group, joining.Wanted("ada@example.net", (SOUTH,)))
    people.add_member(group, "bob@example.net", SOUTH)

    with group.store.scratch():
        audience.gather(group.store, [group.store.list_ids[SOUTH]], group.clock.iso())
        members = [row[0] for row in group.store.rows("SELECT member FROM temp.audience")]

    assert members == [group.store.value("SELECT id FROM member WHERE key = 'bob@example.net'")]
    assert caught.caught == []
