"""Sites that the benches of sending start from: members on a list, a personal edition of some 23 KB, all of it queued.

As a command (what `queue` below runs in a process of its own): python -m tests.bench.prepared SITE FILE
"""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SLUG, STEM = "bench", "2018-06-29-recap"
EDITION = f"{SLUG}/{STEM}"
NEWSLETTER = [sys.executable, "-m", "newsletter"]
PAGE = 10_000
_WORDS = (
    "group meeting agenda network evening speaker member booth society digital service council security team project "
    "recap thanks notes slides question answer café public sector client drinks venue Thursday"
).split()

TOML = """\
[site]
name = "Local IT group"
base_url = "http://127.0.0.1:8000"
time_zone = "Europe/London"
postal_address = "1 High Street, Southampton"
contact = "chair@example.org"
country = "GB"

[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = {connections}
{more}

[sending]
{sending}

[receive]
bounce_address = "bounces@lists.example.org"
kind = "maildir"
path = "returns"
"""
LIST_TOML = """\
title = "Local IT group"
from = "Local IT group <chair@lists.example.org>"
purpose = "Recaps of our meetings and invitations to the next one"
wording = "Yes, the Local IT group may e-mail me its recaps, about once a month. I can leave at any time by the link in every mail. Questions: chair@example.org"
basis = "consent"
fields = ["company"]
"""


def address(number: int) -> str:
    """The address of a made-up member: 97 domains."""
    return f"member{number}@mail{number % 97}.example.net"


def site(
    folder: Path, members: int, *, paragraphs: int = 24, addresses: Callable[[int], str] = address
) -> dict[str, Any]:
    """Make a site with so many members in `folder`, and queue the edition; return what queueing took.

    24 paragraphs make a mail of some 23 KB, text and HTML together.
    """
    editions = folder / "lists" / SLUG / "editions"
    editions.mkdir(parents=True)
    (folder / "lists" / SLUG / "list.toml").write_text(LIST_TOML, encoding="utf-8")
    (editions / f"{STEM}.md").write_text(_edition(paragraphs), encoding="utf-8")
    configure(folder, port=2525)
    people = folder / "members.csv"
    with people.open("w", encoding="utf-8", newline="") as stream:
        stream.write("email,name,company\n")
        stream.writelines(
            f"{addresses(n)},Zoë Member {n},Company & Sons {n}\n" for n in range(members)
        )  # fmt: skip
    today = datetime.now(UTC).date().isoformat()
    words = ["--source", "bench", "--date", today, "--statement", "made up for a bench", "--apply"]
    _newsletter(folder, "member", "import", str(people), "--list", SLUG, *words)
    people.unlink()
    return queue(folder)


def configure(folder: Path, port: int, *, connections: int = 10, more: str = "", sending: str = "") -> None:
    """Write newsletter.toml; `more` are lines of [smtp], `sending` those of [sending]."""
    text = TOML.format(port=port, connections=connections, more=more, sending=sending)
    (folder / "newsletter.toml").write_text(text, encoding="utf-8")


def queue(folder: Path) -> dict[str, Any]:
    """Queue the edition in a process of its own; return {"rows", "seconds", "memory"} of the queueing alone."""
    file = folder / "lists" / SLUG / "editions" / f"{STEM}.md"
    words = [sys.executable, "-m", "tests.bench.prepared", str(folder), str(file)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def copy(template: Path, folder: Path, port: int, **settings: Any) -> list[str]:
    """Copy a prepared site, point it at a port; return the words that send its edition."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(template, folder)
    configure(folder, port, **settings)
    return [*NEWSLETTER, "--site", str(folder), "--json", "outbox", "run"]


def campaign(paragraphs: int = 34) -> dict[str, str]:
    """Subject, text and HTML of about the same size for senders that are not ours; {{ fields }} stand in them."""
    texts = _paragraphs(paragraphs)
    greeting = "Dear {{ name }} of {{ company }},"
    end = "Tell us if you come: {{ rsvp }}\nLeave this list: {{ leave }}\nSent to {{ email }}.\n"
    links = (
        '<p><a href="{{ rsvp }}">Tell us if you come</a></p><p><a href="{{ leave }}">Leave this list</a></p>'
    )
    shown = "".join(
        f'<p style="margin:0 0 1em;font-size:16px;line-height:24px">{escape(one)}</p>\n' for one in texts
    )
    return {
        "subject": "Recap of our first meeting",
        "text": "\n\n".join([greeting, *texts, end]),
        "html": f'<!doctype html><html lang="en"><body><p>{greeting}</p>\n{shown}{links}</body></html>\n',
    }


def _edition(paragraphs: int) -> str:
    head = '+++\nkind = "recap"\nsubject = "Recap of our first meeting"\npreheader = "What we talked about"\n+++\n'
    greeting = 'Dear {{ name }} of {{ company | "your company" }},'
    return head + "\n\n".join([greeting, *_paragraphs(paragraphs), "Sent to {{ email }}."]) + "\n"


def _paragraphs(count: int) -> list[str]:
    chance = random.Random(7)
    return [" ".join(chance.choices(_WORDS, k=42)).capitalize() + "." for _ in range(count)]


def _newsletter(folder: Path, *words: str) -> None:
    done = subprocess.run(
        [*NEWSLETTER, "--site", str(folder), *words], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"newsletter {' '.join(words)}: {done.stdout[-1_000:]}{done.stderr[-1_000:]}")


def main() -> None:
    """Queue an edition in this process and print what it took."""
    import os
    import time

    from newsletter import site as sites
    from newsletter.service import queueing, retention
    from tests.bench import side_by_side

    opened = sites.open_site(Path(sys.argv[1]))
    retention.run_if_due(opened)  # as `newsletter send` does
    began = time.perf_counter()
    plan = queueing.queue(opened, Path(sys.argv[2]), queueing.Order(allow=frozenset({"size"})))
    seconds = time.perf_counter() - began
    opened.close()
    memory = side_by_side.high_water(os.getpid()) / 1024
    print(json.dumps({"rows": plan.audience, "seconds": round(seconds, 3), "memory": round(memory, 1)}))


if __name__ == "__main__":
    main()
