"""Back up a site into one ZIP (mode 0600), and restore one without losing a withdrawal or sending anything twice."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsletter import site
from newsletter.core import clock, errors, states
from newsletter.service import consent, forgetting, lock
from newsletter.store import backups, passes

_FOLDERS = ("lists", "templates", "kept")
_FILES = ("newsletter.toml",)
_UNPACKED_LIMIT = 20 * 1024**3  # octets; more than any group's site
_RESTORED = "restored from a backup: what went out since is not known"


def back_up(opened: site.Site, target: Path, *, with_key: bool = True) -> list[str]:
    """Write the backup; return the names in it. Raises RefusedError when the file is there already."""
    if target.exists():
        raise errors.RefusedError(
            f"{target} is there already", "Choose another name; a backup is never overwritten."
        )
    names: list[str] = []
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".backup-") as folder:
        copied = Path(folder) / site.DATABASE_FILE
        backups.copy(opened.store, copied)
        packed = Path(folder) / "backup.zip"
        packed.touch(mode=0o600)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, name in _contents(opened.root, copied, with_key):
                archive.write(path, name)
                names.append(name)
        with packed.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(packed, target)
    return names


def _contents(root: Path, copied: Path, with_key: bool) -> Iterator[tuple[Path, str]]:
    yield copied, site.DATABASE_FILE
    for name in (*_FILES, *([site.KEY_FILE] if with_key else [])):
        yield root / name, name
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, path.relative_to(root).as_posix()


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought over from the database that it replaced; `kept` is where that one lies now."""

    withdrawals: int
    suppressions: int
    deliveries: int
    paused: int
    kept: Path | None


def restore(root: Path, source: Path, running: clock.Clock | None = None) -> Restored:
    """Restore a site from a backup into `root`.

    Withdrawals, suppressions, delivery results, answers and what organisers were told, as the database that is there now
    has them, are merged in; where there is none, every open edition is paused. What is replaced is kept beside it. Raises InputError, StorageError, RefusedError.
    """
    root.mkdir(parents=True, exist_ok=True)
    with lock.held(root), tempfile.TemporaryDirectory(dir=root, prefix=".restore-") as folder:
        unpacked = Path(folder)
        _unpack(source, unpacked)
        backups.check(unpacked / site.DATABASE_FILE)
        if not (unpacked / site.KEY_FILE).exists():
            _take_key_along(root, unpacked)
        replaced = root / site.DATABASE_FILE if (root / site.DATABASE_FILE).exists() else None
        result = _merge(unpacked, replaced, running)
        kept = _swap(root, unpacked, (running or clock.Clock()).iso())
    return Restored(*result, kept)


def _unpack(source: Path, folder: Path) -> None:
    """Unpack only names that a backup has, never outside the folder (the file may come from anywhere)."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _UNPACKED_LIMIT:
                raise errors.InputError(f"{source} unpacks to more than a site can be")
            for entry in entries:
                if not _is_ours(entry.filename):
                    raise errors.InputError(
                        f"{source} holds '{entry.filename[:80]}', which no backup of ours has"
                    )
                archive.extract(entry, folder)
    except (OSError, zipfile.BadZipFile) as problem:
        raise errors.InputError(f"{source} cannot be read as a backup: {problem}") from problem
    if not (folder / site.DATABASE_FILE).is_file() or not (folder / "newsletter.toml").is_file():
        raise errors.InputError(
            f"{source} is no backup of a site: newsletter.db or newsletter.toml is missing"
        )
    for name in (site.DATABASE_FILE, site.KEY_FILE):
        if (folder / name).exists():
            (folder / name).chmod(0o600)


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    if name in (*_FILES, site.DATABASE_FILE, site.KEY_FILE):
        return True
    return (
        len(parts) > 1
        and parts[0] in _FOLDERS
        and not any(part in ("", ".", "..") or "\\" in part for part in parts)
    )


def _take_key_along(root: Path, unpacked: Path) -> None:
    if not (root / site.KEY_FILE).exists():
        raise errors.ConfigError(
            "the backup was made without its key, and there is none here",
            f"Put {site.KEY_FILE} into {root} and run the command again.",
        )
    shutil.copy2(root / site.KEY_FILE, unpacked / site.KEY_FILE)


def _merge(unpacked: Path, replaced: Path | None, running: clock.Clock | None) -> tuple[int, int, int, int]:
    opened = site.open_site(unpacked, running=running)
    try:
        with opened.store.write():
            passes.end_all(opened.store, opened.clock.iso())
        if replaced is None:
            with opened.store.write():
                backups.stop_reminders(opened.store)
                return 0, 0, 0, backups.pause_all(opened.store, _RESTORED)
        backups.attach(opened.store, replaced)
        try:
            with opened.store.write():
                suppressed = backups.bring_suppressions(opened.store)
                gone = _bring_withdrawals(opened)
                results = backups.bring_results(opened.store, opened.clock.iso())
                backups.bring_reminders(opened.store)
                backups.bring_rsvps(opened.store)
                backups.bring_questions(opened.store)
                backups.bring_log(opened.store)
        finally:
            backups.detach(opened.store)
        return gone, suppressed, results, 0
    finally:
        opened.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        opened.close()


def _bring_withdrawals(opened: site.Site) -> int:
    steps: dict[str, states.Step] = {"unsubscribed": "withdrawn", "objected": "objected", "erased": "erased"}
    found = backups.withdrawals(opened.store)
    for one in found:
        if one.slug in opened.config.lists:
            proof = consent.Proof("organiser", "restore", told={"why": "withdrawn after the backup was made"})
            consent.take(opened, one.member, one.slug, steps[one.state], proof)
    for member in backups.erased(opened.store):
        forgetting.forget_restored(opened, member)
    return len(found)


def _swap(root: Path, unpacked: Path, now: str) -> Path | None:
    """Put the restored files in place; what they replace goes into a folder of its own."""
    kept = root / f"replaced-{now[:19].replace(':', '')}"
    for name in (
        site.DATABASE_FILE,
        f"{site.DATABASE_FILE}-wal",
        f"{site.DATABASE_FILE}-shm",
        site.KEY_FILE,
        *_FILES,
        *_FOLDERS,
    ):
        if (root / name).exists():
            kept.mkdir(mode=0o700, exist_ok=True)
            os.replace(root / name, kept / name)
    for name in (site.KEY_FILE, site.DATABASE_FILE, *_FILES, *_FOLDERS):
        if (unpacked / name).exists():
            os.replace(unpacked / name, root / name)
    return kept if kept.exists() else None
