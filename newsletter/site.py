"""One installation, opened: configuration, store, clock, chance and keys. A door opens it once and hands it down."""

import base64
import os
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newsletter import config, settings
from newsletter.core import clock, errors, texts, tokens
from newsletter.store import engine

KEY_FILE = "newsletter.key"
DATABASE_FILE = "newsletter.db"


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that a service needs. `organiser` is the name under which acts are recorded."""

    root: Path
    config: settings.Config
    store: engine.Store
    clock: clock.Clock
    tokens: tokens.Tokens
    random: random.Random  # spreads load (jitter); what guards something comes from `secrets`
    organiser: str

    def mailing_list(self, slug: str) -> settings.MailingList:
        """The list of that slug. Raises NotFoundError naming those there are."""
        found = self.config.lists.get(slug)
        if found is None:
            known = ", ".join(self.config.lists) or "none yet; make one with: newsletter list new SLUG"
            raise errors.NotFoundError(f"there is no list '{slug}'", f"Lists of this site: {known}")
        return found

    def secret_bytes(self, count: int) -> bytes:
        """Bytes that nobody can guess, for salts and session ids."""
        return secrets.token_bytes(count)

    def close(self) -> None:
        self.store.close()


def open_site(root: Path, organiser: str | None = None, running: clock.Clock | None = None) -> Site:
    """Open the site in a folder; make its key and database at first use.

    `organiser` is who acts (None: NEWSLETTER_ORGANISER, else the site's contact). Raises ConfigError, StorageError.
    """
    root = root.resolve()
    conf = config.load(root)
    acting = _acting(organiser or os.environ.get("NEWSLETTER_ORGANISER") or conf.site.contact)
    keys = tokens.Tokens(_keys(root), _renewal(root / KEY_FILE))
    time = running or _clock(conf)
    store = engine.open_store(root / DATABASE_FILE, time)
    try:
        store.register_lists(tuple(conf.lists))
    except BaseException:
        store.close()
        raise
    return Site(
        root=root,
        config=conf,
        store=store,
        clock=time,
        tokens=keys,
        random=random.Random(),
        organiser=acting,
    )


def _acting(name: str) -> str:
    """Who acts stands in the ledger and the log, so it is one line of text."""
    try:
        return texts.one_line(name, "--by", texts.NAME_LIMIT)
    except errors.InputError as problem:
        raise errors.UsageError(problem.message, problem.hint) from problem


def _clock(conf: settings.Config) -> clock.Clock:
    """The machine's clock, or one that starts at NEWSLETTER_NOW (demo and tests, on loopback only)."""
    start = os.environ.get("NEWSLETTER_NOW")
    if not start:
        return clock.Clock()
    if not conf.loopback_only:
        raise errors.ConfigError(
            "NEWSLETTER_NOW is set, but this site can reach other machines",
            "Unset NEWSLETTER_NOW; it is for demos and tests whose relays and base_url are on this machine.",
        )
    try:
        return clock.starting_at(clock.parse(start))
    except ValueError as problem:
        raise errors.ConfigError(f"NEWSLETTER_NOW is no RFC 3339 time: {problem}") from problem


def _keys(root: Path) -> tuple[tokens.Key, ...]:
    file = root / KEY_FILE
    has_database = (root / DATABASE_FILE).exists()  # asked for first: another process makes the key before it
    if not file.exists():
        if has_database:
            raise errors.ConfigError(
                f"{DATABASE_FILE} is there but {KEY_FILE} is not: without it no link in sent mails would work",
                f"Put {KEY_FILE} back from your backup.",
            )
        made = tuple(tokens.Key(1, purpose, secrets.token_bytes(32)) for purpose in ("token", "suppression"))
        write_keys(file, made, replace=False)
    return read_keys(file)


def _renewal(file: Path) -> Callable[[], tuple[tokens.Key, ...] | None]:
    """How a running process learns of a key that another one added; a stranger's token costs one look at the file's age."""
    seen = file.stat().st_mtime_ns

    def renew() -> tuple[tokens.Key, ...] | None:
        nonlocal seen
        now = file.stat().st_mtime_ns if file.exists() else seen
        if now == seen:
            return None
        seen = now
        return read_keys(file)

    return renew


def read_keys(file: Path) -> tuple[tokens.Key, ...]:
    """Read newsletter.key: `id purpose base64` a line. Raises ConfigError when a line is damaged."""
    keys = []
    try:
        for line in file.read_text(encoding="ascii").splitlines():
            if line.strip():
                number, purpose, secret = line.split()
                keys.append(tokens.Key(int(number), purpose, base64.b64decode(secret, validate=True)))
    except OSError as problem:
        raise errors.ConfigError(
            f"{file.name} cannot be read: {problem.strerror}", "Check owner and rights of the site's folder."
        ) from problem
    except ValueError as problem:
        raise errors.ConfigError(
            f"{file.name} cannot be read: {problem}", "Put it back from your backup."
        ) from problem
    if not keys or any(len(key.secret) < 32 or not 1 <= key.id <= 255 for key in keys):
        raise errors.ConfigError(f"{file.name} is empty or cut short", "Put it back from your backup.")
    return tuple(keys)


def write_keys(file: Path, keys: tuple[tokens.Key, ...], *, replace: bool = True) -> None:
    """Write newsletter.key with mode 0600, whole or not at all.

    Without `replace` a file that another process has made in the meantime stays. Raises StorageError.
    """
    text = "".join(f"{key.id} {key.purpose} {base64.b64encode(key.secret).decode()}\n" for key in keys)
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            if replace:
                os.replace(new, file)
            else:
                _place(new, file)
        finally:
            new.unlink(missing_ok=True)
    except OSError as problem:
        raise errors.StorageError(
            f"{file.name} cannot be written: {problem.strerror}",
            "Check owner and rights of the site's folder.",
        ) from problem


def _place(new: Path, file: Path) -> None:
    """Give a file its name unless that is taken, in one step."""
    try:
        os.link(new, file)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not file.exists():
            os.replace(new, file)
