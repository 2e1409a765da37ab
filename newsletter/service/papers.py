"""Papers for a person or a court: readable pages from templates/papers, and files put together as a ZIP or a folder."""

import io
import os
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from newsletter import shipped, site
from newsletter.core import clock, errors
from newsletter.service import paper_phrases

Files = Mapping[str, bytes]


def page(opened: site.Site, template: str, language: str, values: Mapping[str, Any]) -> bytes:
    """Render a paper. Every value is plain and escaped. Raises EditionError when the site's own template is wrong."""
    import jinja2
    import jinja2.sandbox

    folders = [str(folder / "papers") for folder in (opened.root / "templates", shipped.folder("templates"))]
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    say = paper_phrases.of(language)
    try:
        text = environment.get_template(template).render({**values, "say": say, "language": language})
    except jinja2.TemplateError as problem:
        raise errors.EditionError(f"template papers/{template}: {problem}", "Correct the template.") from None
    return text.encode()


def when(opened: site.Site, at: str | None) -> str:
    """A time of the ledger to the second with its zone, as a court wants it: 2018-06-29 09:00:00 +0100 (Europe/London)."""
    if not at:
        return ""
    zone = opened.config.site.zone
    return f"{clock.parse(at).astimezone(zone):%Y-%m-%d %H:%M:%S %z} ({zone.key})"


def kept(opened: site.Site, language: str, told: Mapping[str, Any] | None) -> list[tuple[str, str]] | None:
    """What an event keeps, as rows of label and text for people; None when it was erased."""
    if told is None:
        return None
    say = paper_phrases.of(language)
    return [
        (say.get(f"kept_{key}", key), _text(opened, key, value))
        for key, value in told.items()
        if value and key != "mail"
    ]


def _text(opened: site.Site, key: str, value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {one}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return when(opened, value) if key.endswith("_at") else str(value)


def zipped(files: Files, now: datetime) -> bytes:
    """The files as one ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, now.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def write(files: Files, folder: Path) -> None:
    """Write the files into a folder (made here, for its owner alone). Raises UsageError when it holds anything."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise errors.UsageError(f"{folder} is there already", "Name a folder that is new or empty.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(content)


def write_zip(files: Files, path: Path, now: datetime) -> None:
    """Write the files as a ZIP for its owner alone. Raises UsageError when the file is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise errors.UsageError(f"{path} is there already", "Name another file.") from None
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(zipped(files, now))
