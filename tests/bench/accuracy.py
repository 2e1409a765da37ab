"""How well the reader reads mails that somebody has labelled: python -m tests.bench.accuracy FOLDER... [--differences]

Each folder holds mails and labels.jsonl, one object a line:

    {"file": "1.eml", "kind": "hard", "recipients": [{"address": "ada@example.org", "also": ["ada@example.net"]}]}

`kind` is one of docs/bounces.md; `also` are other addresses that name the same person, such as the one that the mail was
forwarded to. The goals: 96 % of the addresses found, 99 % of those named right, 90 % of the kinds right, at most three
in a thousand mails wrongly hard, and every complaint found.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newsletter.service import returns

NAMING = ("hard", "soft", "policy", "complaint")  # kinds whose addresses are compared
GOALS = {"addresses found": 0.96, "named rightly": 0.99, "kinds right": 0.90, "complaints found": 1.0}
WRONGLY_HARD = 0.003  # of all mails


@dataclass
class Score:
    """Counts over all mails: of each figure how many there are, and how many of them are right."""

    all: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrongly_hard: int = 0
    mails: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, figure: str, right: bool, difference: str = "") -> None:
        """Count one case of a figure."""
        self.all[figure] += 1
        self.right[figure] += right
        if not right and difference:
            self.differences.append(difference)


def main(arguments: list[str]) -> int:
    """Print the figures beside their goals; return 1 when one is missed."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("folders", nargs="+", type=Path)
    asked.add_argument("--differences", action="store_true", help="print what was read otherwise, too")
    given = asked.parse_args(arguments)
    score = Score()
    for folder in given.folders:
        for label in _labels(folder):
            _compare(folder / label["file"], label, score)
    if given.differences:
        print("\n".join(score.differences))
    return 0 if _is_reached(score) else 1


def _labels(folder: Path) -> Iterator[dict[str, Any]]:
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _compare(file: Path, label: dict[str, Any], score: Score) -> None:
    found = returns.look(file.read_bytes())
    named = {one.lower() for one in found.recipients} if found.kind in NAMING else set()
    people = [{one["address"].lower(), *map(str.lower, one.get("also", []))} for one in label["recipients"]]
    score.mails += 1
    score.wrongly_hard += found.kind == "hard" != label["kind"]
    score.add(
        "kinds right", found.kind == label["kind"], f"{file}: {found.kind}, labelled {label['kind']}: {found.reason[:120]}"
    )  # fmt: skip
    if label["kind"] == "complaint":
        score.add("complaints found", found.kind == "complaint")
    if label["kind"] in NAMING:
        for person in people:
            score.add("addresses found", bool(person & named), f"{file}: missed {' or '.join(person)}")
    for address in named:
        score.add("named rightly", any(address in person for person in people), f"{file}: named {address}")


def _is_reached(score: Score) -> bool:
    reached = score.wrongly_hard <= WRONGLY_HARD * score.mails
    for figure, goal in GOALS.items():
        of, right = score.all[figure], score.right[figure]
        share = right / of if of else 1.0
        reached = reached and share >= goal
        print(f"{figure:18} {right:5} of {of:5}  {share:7.1%}  goal {goal:.0%}")
    print(
        f"wrongly hard       {score.wrongly_hard:5} of {score.mails:5} mails  goal {WRONGLY_HARD * 1000:.0f} in 1,000"
    )
    return reached


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
