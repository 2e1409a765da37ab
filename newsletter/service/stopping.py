"""The committee's link: it stops an edition that they got first, before it goes to everybody else."""

from dataclasses import dataclass

from newsletter import site
from newsletter.core import addresses, clock
from newsletter.service import progress, signup
from newsletter.store import editions, log, members, outbox

OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class StopLink:
    """What a stop link is about: the edition, how many wait for it until when, and who stopped it if somebody has."""

    edition: str
    subject: str
    language: str
    state: str
    reason: str
    waiting: int
    due_at: str | None

    @property
    def can_stop(self) -> bool:
        return self.state in OPEN and self.waiting > 0


def look(opened: site.Site, token: str) -> StopLink:
    """Say what a stop link is about. Changes nothing. Raises NotFoundError when the token is not ours."""
    read = signup.read_token(opened, "stop", token)
    message = outbox.message(opened.store, read.number)
    row = editions.get(opened.store, message["edition"]) if message and message["edition"] else None
    if row is None:
        raise signup.unknown()
    numbers = progress.numbers(opened, row["id"])
    return StopLink(
        edition=row["id"],
        subject=row["subject"],
        language=signup.language_of(opened, (row["id"].partition("/")[0],)),
        state=row["state"],
        reason=row["reason"],
        waiting=numbers.due + numbers.deferred,
        due_at=editions.next_attempt(opened.store, row["id"]),
    )


def stop(opened: site.Site, token: str) -> StopLink:
    """Pause the edition, if there is anything left to stop; a second press changes nothing.

    Raises NotFoundError when the token is not ours.
    """
    member = signup.read_token(opened, "stop", token).member
    with opened.store.write():
        link = look(opened, token)
        if link.can_stop:
            now = clock.iso(opened.clock.now())
            reason = f"stopped by {_name(opened, member)} of the committee"
            editions.set_state(opened.store, link.edition, "paused", reason, now, only=OPEN)
            log.add(opened.store, now, f"member {member}", "stop", link.edition)
        return look(opened, token)


def _name(opened: site.Site, member: int) -> str:
    """Who it was, for the chair: a name, else the masked address."""
    row = members.by_id(opened.store, member)
    if row is None or not row["key"]:
        return "somebody"
    return str(row["name"] or addresses.masked(row["address"]))
