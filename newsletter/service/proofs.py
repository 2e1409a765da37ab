"""The bundle that proves one person's consent: the words, the evidence, the confirm mail, times to the second, the chain.

What a court asked for and did not get in the cases that were lost: the request, the mail, the act, each with its time.
"""

import base64
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newsletter import shipped, site
from newsletter.core import addresses, clock, errors
from newsletter.service import consent, copies, papers, signup
from newsletter.store import ledger, members, suppressions


@dataclass(frozen=True, slots=True)
class Written:
    """Where a bundle was written, what is in it, and whether the whole ledger verifies."""

    path: Path
    files: tuple[str, ...]
    chain_ok: bool


def write(opened: site.Site, text: str, path: Path | None = None) -> Written:
    """Write the bundle of an address to a new folder, or to a file whose name ends in .zip.

    Raises what `make` raises, and UsageError when there is something at that place already.
    """
    files = make(opened, text)
    if path is None:
        # The person's number, not their address: file names are seen by many.
        path = Path(f"proof-{opened.clock.now():%Y-%m-%d}-{_find(opened, text)['id']}")
    if path.suffix.lower() == ".zip":
        papers.write_zip(files, path, opened.clock.now())
    else:
        papers.write(files, path)
    return Written(path, tuple(sorted(files)), ledger.verify(opened.store).ok)


def make(opened: site.Site, text: str) -> papers.Files:
    """The bundle's files by name, for the member of this address.

    Raises InputError when it is no address, NotFoundError when nobody of this address is on file.
    """
    row = _find(opened, text)
    member = row["id"]
    told = {**copies.tell(opened, member), "address_asked_for": text, "chain": _chain(opened, member)}
    language = signup.language_of(opened, [one["list"] for one in told["subscriptions"]])
    files = {
        "proof.html": b"",
        "proof.json": b"",
        "verify.py": (shipped.folder("templates") / "papers" / "verify.py.txt").read_bytes(),
        **_wordings(told),
        **_evidence(opened, member),
        **_mails(told),
    }
    files["proof.json"] = json.dumps(told, ensure_ascii=False, indent=1).encode()
    files["proof.html"] = papers.page(
        opened, "proof.html", language,
        {"told": told, "acts": _acts(opened, told, language), "files": sorted(files), "now": papers.when(opened, told["now"]),
         "mails": [{**one, "at": papers.when(opened, one["at"])} for one in told["mails"]]},
    )  # fmt: skip
    return files


def _find(opened: site.Site, text: str) -> Any:
    address = addresses.read(text)
    row = members.by_key(opened.store, address.key)
    if row is not None:
        return row
    for found in suppressions.of(opened.store, consent.macs(opened, address.key)):
        if found["reason"] == "forgotten":
            raise errors.NotFoundError(
                f"{address.text} was forgotten on {found['at'][:10]}: nothing personal is kept, so nothing can be shown",
                "A backup from before that day may still hold it.",
            )
    raise errors.NotFoundError(
        f"{address.text} is not known to this site", "Look it up: newsletter member find WORD"
    )


def _chain(opened: site.Site, member: int) -> dict[str, Any]:
    """The events with the hashes before and after, and the verdict about the whole ledger."""
    links = [
        {
            "number": link.seq,
            "before": link.before.hex(),
            "canonical": link.canonical.decode(),
            "hash": link.hash.hex(),
            "salt": link.salt.hex(),
            "personal": link.json,
        }
        for link in ledger.links_of(opened.store, member)
    ]
    return {"verdict": asdict(ledger.verify(opened.store)), "events": links}


def _wordings(told: dict[str, Any]) -> dict[str, bytes]:
    """The words of each wording, in a file named by its hash as the chain holds it."""
    import hashlib

    found = {}
    for act in told["history"]:
        if act["wording"]:
            content = act["wording"].encode()
            act["wording_sha256"] = hashlib.sha256(content).hexdigest()
            found[f"wordings/{act['wording_sha256']}.txt"] = content
    return found


def _evidence(opened: site.Site, member: int) -> dict[str, bytes]:
    return {
        f"evidence/{row['hash'][:16]}-{_safe(row['name'])}": row["content"]
        for row in ledger.evidence_of(opened.store, member)
    }


def _safe(name: str) -> str:
    """A file name that any system takes, and that names no other folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:80] or "file"


def _mails(told: dict[str, Any]) -> dict[str, bytes]:
    """Each confirm mail as it was sent; in the lists its bytes are replaced by the file's name."""
    found = {}
    for act in told["history"]:
        if act["step"] == "mailed" and act["kept"]:
            name = f"mails/{act['number']}-confirm.eml"
            found[name] = base64.b64decode(act["kept"].pop("mail"))
            act["kept"]["file"] = name
    return found


def _acts(opened: site.Site, told: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """The history as the page shows it: with times for people, and how long after the confirm mail somebody acted."""
    acts, mailed = [], None
    for act in told["history"]:
        shown = {
            **act,
            "at": papers.when(opened, act["at"]),
            "recorded": papers.when(opened, act["recorded_at"]),
            "after_mail": "",
            "kept": papers.kept(opened, language, act["kept"]),
        }
        if act["step"] == "mailed":
            mailed = clock.parse(act["at"])
        if act["step"] == "confirmed" and mailed is not None:
            shown["after_mail"] = str(clock.parse(act["at"]) - mailed).partition(".")[0]
        acts.append(shown)
    return acts
