"""The front door for organisers: a link by mail, pressed once within a quarter of an hour, makes a session.

There is no password. A session is a row with the hash of a secret that only the browser's cookie holds; it ends two hours
after the last act, twelve hours after its begin, when its organiser says so anywhere, and when they are no organiser any
more. Whoever types an address learns nothing: the link goes by mail, and only to addresses in [[organiser]].
"""

import hashlib
import sqlite3
from dataclasses import dataclass, replace

from newsletter import settings, site
from newsletter.core import addresses, clock, errors, passes
from newsletter.service import answering
from newsletter.service import passes as made
from newsletter.store import log, retention, sessions
from newsletter.store import passes as store

SECRET_OCTETS = 32


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. `digest` is the hash by which the store knows the session; times are UTC ISO."""

    digest: bytes
    email: str
    name: str
    role: str
    started_at: str
    acted_at: str
    until: str


@dataclass(frozen=True, slots=True)
class DeskLink:
    """What a link to the desk is about; only an `open` one opens it."""

    state: passes.Standing
    masked: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that was just begun, and the secret that goes into the browser's cookie and nowhere else."""

    secret: bytes
    session: Session


def ask(opened: site.Site, text: str) -> None:
    """Take a visitor's wish for the desk: the answer is the same for everybody, the link goes to an organiser's address.

    Raises InputError for what cannot be an address, RefusedError where no mail could bring a link to anybody.
    """
    address = addresses.read(text)
    lists = _lists(opened)
    with opened.store.write():
        # Composed, and a row written, for every address alike, so that the time it takes tells nothing.
        answering.composed(opened, answering.DESK, lists)
        retention.note_done(opened.store, "desk asked", opened.clock.iso())
        organiser = organiser_of(opened, address.key)
        if organiser is None or _has_link(opened, address.key):
            return
        number, salt = _add(opened, address.key)
        answer = answering.Answer(
            0, organiser.email, number, opened.store.list_ids[lists[0]], name=organiser.name,
            numbers={"desk": number}, seconds={"desk": salt},
        )  # fmt: skip
        answering.queue(opened, answering.DESK, lists, answer)


def link(opened: site.Site, text: str) -> str:
    """Make a link to the desk for an organiser to whom mail does not come. Raises NotFoundError, InputError, ConfigError."""
    key = addresses.read(text).key
    if organiser_of(opened, key) is None:
        raise errors.NotFoundError(
            f"{text} is no organiser of this site",
            "Add them to newsletter.toml: [[organiser]] name, email, role",
        )
    base = made.base(opened)
    with opened.store.write():
        number, salt = _add(opened, key)
        log.add(opened.store, opened.clock.iso(), opened.organiser, "desk link", key)
    return f"{base}/desk/{opened.tokens.make('desk', number, salt)}"


def look(opened: site.Site, token: str) -> DeskLink:
    """Say what a link to the desk is about. Changes nothing. Raises NotFoundError when the token is not ours."""
    row = made.read(opened, "desk", token)
    state = passes.standing(row["ended_at"], row["until"], opened.clock.iso())
    gone = organiser_of(opened, row["organiser"]) is None
    return DeskLink("ended" if gone else state, addresses.masked(row["organiser"]))


def begin(opened: site.Site, token: str, before: bytes = b"") -> Begun:
    """Use the link up and begin a session with a new secret; the one that the browser had `before` ends.

    Raises NotFoundError when the token is not ours, ExpiredError when it was used or its time is over.
    """
    with opened.store.write():
        row = made.read(opened, "desk", token)
        now = opened.clock.now()
        if look(opened, token).state != "open":
            raise errors.ExpiredError(
                "this link was used, or is older than a quarter of an hour", "Ask again."
            )
        store.end(opened.store, row["id"], clock.iso(now))
        if before:
            sessions.end(opened.store, _digest(before))
        secret = opened.secret_bytes(SECRET_OCTETS)
        sessions.add(
            opened.store, _digest(secret), row["organiser"], clock.iso(now), clock.iso(now + passes.LONGEST)
        )
        log.add(opened.store, clock.iso(now), row["organiser"], "desk opened", row["organiser"])
        session = find(opened, secret)
        assert session is not None
        return Begun(secret, session)


def find(opened: site.Site, secret: bytes) -> Session | None:
    """The session of a browser that shows this secret, or None. Changes nothing."""
    if len(secret) != SECRET_OCTETS:
        return None
    row = sessions.get(opened.store, _digest(secret))
    return _session(opened, row) if row is not None else None


def running(opened: site.Site) -> list[Session]:
    """The sessions that hold now, the newest first."""
    found = [_session(opened, row) for row in sessions.all_of(opened.store)]
    return [one for one in found if one is not None]


def _session(opened: site.Site, row: sqlite3.Row) -> Session | None:
    """A session that still holds: its time is not over, and whose it is is still an organiser."""
    organiser = organiser_of(opened, row["organiser"])
    if organiser is None or not passes.is_alive(row["acted_at"], row["until"], opened.clock.now()):
        return None
    return Session(
        row["hash"], organiser.email, organiser.name, organiser.role, row["started_at"], row["acted_at"],
        row["until"],
    )  # fmt: skip


def acting(opened: site.Site, session: Session) -> site.Site:
    """The site with the session's organiser as the one who acts, for ledger and log. Notes that the session is in use.

    Runs inside the caller's write.
    """
    sessions.touch(opened.store, session.digest, opened.clock.iso())
    return replace(opened, organiser=session.email)


def end(opened: site.Site, session: Session, *, everywhere: bool) -> None:
    """Sign out: in this browser, or in all of them, links that wait in the mailbox included."""
    key = addresses.read(session.email).key
    with opened.store.write():
        sessions.end(opened.store, session.digest)
        if everywhere:
            _close(opened, key)
        how = "desk closed everywhere" if everywhere else "desk closed"
        log.add(opened.store, opened.clock.iso(), session.email, how, key)


def end_all(opened: site.Site, text: str | None) -> int:
    """Sign an organiser out everywhere, or (None) all of them; return how many sessions ended. Raises InputError."""
    with opened.store.write():
        known = {row["organiser"] for row in sessions.all_of(opened.store)}
        keys = [addresses.read(text).key] if text else sorted(known | _configured(opened))
        ended = sum(_close(opened, key) for key in keys)
        log.add(
            opened.store, opened.clock.iso(), opened.organiser, "desk closed everywhere", text or "everybody"
        )
        return ended


def _close(opened: site.Site, key: str) -> int:
    while (row := store.newest_unused(opened.store, "desk", key)) is not None:
        store.end(opened.store, row["id"], opened.clock.iso())
    return sessions.end_of(opened.store, key)


def organiser_of(opened: site.Site, key: str) -> settings.Organiser | None:
    """The organiser with this address, as newsletter.toml names them now."""
    for one in opened.config.organisers:
        if addresses.read(one.email).key == key:
            return one
    return None


def _configured(opened: site.Site) -> set[str]:
    return {addresses.read(one.email).key for one in opened.config.organisers}


def _lists(opened: site.Site) -> tuple[str, ...]:
    """The list under whose name the mail goes: the first."""
    lists = tuple(opened.config.lists)[:1]
    if not lists or not opened.config.site.base_url:
        raise errors.RefusedError("this site has no list yet, or no base_url", "See: newsletter check")
    return lists


def _has_link(opened: site.Site, key: str) -> bool:
    """Whether a link that is still good for a while lies in the organiser's mailbox already."""
    row = store.newest_unused(opened.store, "desk", key)
    return row is not None and opened.clock.now() - clock.parse(row["at"]) < passes.APART


def _add(opened: site.Site, key: str) -> tuple[int, int]:
    now = opened.clock.now()
    salt = int.from_bytes(opened.secret_bytes(made.SALT_OCTETS), "big")
    until = clock.iso(now + passes.LIFE["desk"])
    return store.add(opened.store, "desk", salt, key, clock.iso(now), until), salt


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
