"""One installation, opened: configuration, store, clock, chance and keys. A door opens it once and hands it down."""

import base64
import os
import random
import secrets
from dataclasses import dataclass
from pathlib import Path

from newsletter import config, settings
from newsletter.core import clock, errors, tokens
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
    keys = _keys(root)
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
        tokens=tokens.Tokens(keys),
        random=random.Random(),
        organiser=organiser or os.environ.get("NEWSLETTER_ORGANISER") or conf.site.contact,
    )


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
    if file.exists():
        return read_keys(file)
    if (root / DATABASE_FILE).exists():
        raise errors.ConfigError(
            f"{DATABASE_FILE} is there but {KEY_FILE} is not: without it no link in sent mails would work",
            f"Put {KEY_FILE} back from your backup.",
        )
    made = tuple(tokens.Key(1, purpose, secrets.token_bytes(32)) for purpose in ("token", "suppression"))
    write_keys(file, made)
    return made


def read_keys(file: Path) -> tuple[tokens.Key, ...]:
    """Read newsletter.key: `id purpose base64` a line. Raises ConfigError when a line is damaged."""
    keys = []
    try:
        for line in file.read_text(encoding="ascii").splitlines():
            if line.strip():
                number, purpose, secret = line.split()
                keys.append(tokens.Key(int(number), purpose, base64.b64decode(secret, validate=True)))
    except (OSError, ValueError) as problem:
        raise errors.ConfigError(
            f"{file.name} cannot be read: {problem}", "Put it back from your backup."
        ) from problem
    if not keys or any(len(key.secret) < 32 or not 1 <= key.id <= 255 for key in keys):
        raise errors.ConfigError(f"{file.name} is empty or cut short", "Put it back from your backup.")
    return tuple(keys)


def write_keys(file: Path, keys: tuple[tokens.Key, ...]) -> None:
    """Write newsletter.key with mode 0600, whole or not at all."""
    text = "".join(f"{key.id} {key.purpose} {base64.b64encode(key.secret).decode()}\n" for key in keys)
    new = file.with_suffix(".key.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(new, file)
