"""A meeting moves by a week and is then cancelled, through the real command and a real SMTP server."""

import email
import email.policy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import icalendar
import pytest

from newsletter import site as sites
from newsletter.core import rsvps as rules
from newsletter.mail import catcher
from newsletter.service import rsvps
from tests import conftest, people
from tests.service import coming, inbound

NEW = [
    "meeting", "new", "backups", "--title", "Backups that restore", "--starts", "2018-09-13 18:00", "--ends", "19:00",
    "--place", "The Parsons", "--speaker", "Grace Hopper", "--agenda", "Talk, then questions",
]  # fmt: skip


def command(root: Path, now: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command at a time of the story."""
    return subprocess.run(
        [sys.executable, "-m", "newsletter", "--site", str(root), *words],
        env={**os.environ, "NEWSLETTER_NOW": now}, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def entries(taken: catcher.Catcher, address: str) -> list[tuple[str, icalendar.Event]]:
    """Method and event of each calendar that an address was sent, oldest first."""
    found = []
    for one in taken.caught:
        if one.recipient == address:
            mail = email.message_from_bytes(one.file.read_bytes(), policy=email.policy.default)
            for part in mail.walk():
                if part.get_content_type() == "text/calendar":
                    made = icalendar.Calendar.from_ical(part.get_payload(decode=True))  # type: ignore[arg-type]
                    found.append((str(made["METHOD"]), made.walk("VEVENT")[0]))
    return found


def test_the_september_meeting_moves_by_a_week(tmp_path: Path) -> None:
    """Invited, answered, moved, cancelled: two people's calendars follow, and nobody else gets a mail."""
    with catcher.catching(tmp_path / "caught") as taken:
        toml = conftest.NEWSLETTER_TOML.replace("2525", str(taken.port))
        root = conftest.write_site(tmp_path / "site", toml=toml)
        told = command(root, "2018-06-29T08:00:00Z", "--json", *NEW)
        assert json.loads(told.stdout)["speaker"] == "Grace Hopper", told.stderr
        invite(root)
        assert command(root, "2018-06-29T08:05:00Z", "outbox", "run").returncode == 0

        asked = command(root, "2018-09-03T08:00:00Z", *MOVE)
        moved = command(root, "2018-09-03T08:00:00Z", "--yes", *MOVE)
        cancelled = command(root, "2018-09-10T08:00:00Z", "--yes", "--json", "meeting", "cancel", "backups")

        assert asked.returncode == 1 and "add --yes" in asked.stderr
        assert moved.stdout.splitlines() == [
            "Meeting    backups: Backups that restore",
            "Was        Thursday 13 September 2018, 18:00 to 19:00, The Parsons",
            "Now        Thursday 20 September 2018, 18:00 to 19:00, The Parsons",
            "Tells      2: Ada, Ben",
            "backups is moved; 2 mails queued.",
        ], moved.stderr
        answer: dict[str, Any] = json.loads(cancelled.stdout)
        assert (answer["change"], answer["told"], answer["state"]) == ("cancelled", 2, "cancelled")
        by_hand = {name: entries(taken, f"{name}@example.org") for name in ("ada", "ben", "eva", "fay")}
        assert [(method, event["SEQUENCE"]) for method, event in by_hand["ada"]] == [
            ("REQUEST", 0), ("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2),
        ]  # fmt: skip
        # The receipt goes before the invitation: what answers a person's act waits for no campaign.
        assert [event["ATTENDEE"].params["PARTSTAT"] for _, event in by_hand["ada"]] == [
            "ACCEPTED", "NEEDS-ACTION", "NEEDS-ACTION", "NEEDS-ACTION",
        ]  # fmt: skip
        assert {str(event["UID"]) for found in by_hand.values() for _, event in found} == {
            "backups@lists.example.org"
        }
        assert [len(found) for found in by_hand.values()] == [4, 4, 1, 1]
        shown = command(root, "2018-09-10T08:00:00Z", "meeting", "show", "backups").stdout
        assert "moved on 2018-09-03 by chair@example.org; it was: Thursday 13 September 2018" in shown


MOVE = ["meeting", "move", "backups", "--starts", "2018-09-20 18:00", "--why", "The Parsons is closed."]


def invite(root: Path) -> None:
    """Four members are invited; one says yes, one maybe, one no, one nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
        opened = sites.open_site(root)
        members = [
            people.add_member(opened, f"{name}@example.org", "south-hants-it", name=name.capitalize())
            for name in ("ada", "ben", "eva", "fay")
        ]
        text = (
            coming.EDITION.partition("[next_meeting]")[0] + 'next_meeting = "backups"\n+++\nCome and see.\n'
        )
        coming.invite(opened, text)
        for member, answer in zip(members, ("yes", "maybe", "no"), strict=False):
            rsvps.answer(opened, coming.token(opened, member), rules.Rsvp(answer))  # type: ignore[arg-type]
        opened.close()


def test_a_calendars_answer_comes_in_by_the_real_command(tmp_path: Path) -> None:
    """The invitation that was caught is answered as a calendar does: to its ORGANIZER, with its UID; `receive` counts it."""
    with catcher.catching(tmp_path / "caught") as taken:
        toml = conftest.NEWSLETTER_TOML.replace("2525", str(taken.port))
        root = conftest.write_site(tmp_path / "site", toml=toml)
        command(root, "2018-06-29T08:00:00Z", *NEW)
        invite(root)
        command(root, "2018-06-29T08:05:00Z", "outbox", "run")
        ((_, event),) = entries(taken, "fay@example.org")
        organizer = str(event["ORGANIZER"]).removeprefix("mailto:")
        mail = inbound.calendar_reply(
            organizer, str(event["UID"]), "fay@example.org", stamp="20180630T090000Z"
        )
        (tmp_path / "reply.eml").write_bytes(mail)

        told = command(root, "2018-06-30T10:00:00Z", "receive", str(tmp_path / "reply.eml"))
        again = command(root, "2018-06-30T10:00:00Z", "receive", str(tmp_path / "reply.eml"))

        assert told.returncode == again.returncode == 0, told.stderr
        answers = json.loads(
            command(root, "2018-06-30T10:00:00Z", "--json", "meeting", "answers", "backups").stdout
        )
        found = {one["address"]: (one["answer"], one["at"][:16]) for one in answers["answers"]}
        assert found["fay@example.org"] == ("yes", "2018-06-30T09:00")
        assert answers["yes"] == 2 and answers["by_mail"] == []
