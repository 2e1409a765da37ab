"""Found a site and its lists: write newsletter.toml and list.toml, never over what is there."""

import contextlib
import dataclasses
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter import config, settings, site
from newsletter.compose import catalogue
from newsletter.core import errors, texts


@dataclass(frozen=True, slots=True)
class SiteAnswers:
    """What `init` asks. Empty text stands for: not given."""

    name: str
    contact: str
    time_zone: str
    country: str
    postal_address: str
    language: str
    base_url: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_username: str
    smtp_password: str
    chair: str


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """What `list new` asks."""

    slug: str
    title: str
    sender: str  # Name <address>
    purpose: str
    basis: str
    wording: str
    description: str = ""
    goal: int | None = None
    language: str = ""  # empty: the site's


_SOUND = SiteAnswers(
    name="-", contact="a@example.org", time_zone="UTC", country="", postal_address="", language="en", base_url="",
    smtp_host="localhost", smtp_port=25, smtp_security="none", smtp_username="", smtp_password="", chair="",
)  # fmt: skip


def problem(key: str, value: str) -> str:
    """What is wrong with one answer, by the rules that the file is read with; empty where nothing is."""
    changes: dict[str, Any] = {key: value}
    if key == "smtp_host":
        changes["smtp_security"] = "starttls"
    found = config.problems(_site_text(dataclasses.replace(_SOUND, **changes)))
    # The password comes later, and so does its file.
    return next((text.partition("] ")[2] for text in found if "password_file" not in text), "")


def security(host: str, port: int) -> str:
    """How a relay is usually reached: nothing to hide from on this machine, TLS at once on 465, else STARTTLS."""
    return "none" if settings.is_loopback(host) else "tls" if port == 465 else "starttls"


def refuse_site(folder: Path) -> None:
    """Raise RefusedError when there is a site already."""
    if (folder / "newsletter.toml").exists():
        raise errors.RefusedError(
            f"{folder} holds a site already", "Change it with an editor, then: newsletter check"
        )


def found_site(folder: Path, answers: SiteAnswers) -> settings.Config:
    """Write a new site's files and read them back. Raises RefusedError when there is a site already, ConfigError."""
    refuse_site(folder)
    secret = folder / "smtp.password"
    if answers.smtp_password and secret.exists():
        raise errors.RefusedError(
            f"{secret} is there already", "Move it away, or run init without a relay user."
        )
    with _all_or_nothing() as made:
        for name in ("lists", "templates"):
            _make_folder(folder / name, made)
        if os.name == "posix":
            folder.chmod(0o700)
        if answers.smtp_password:
            _write(secret, answers.smtp_password + "\n", made)
        _write(folder / "newsletter.toml", _site_text(answers), made)
        return config.load(folder)


def found_list(opened: site.Site, answers: ListAnswers) -> settings.MailingList:
    """Write a new list's folder and read it back. Raises UsageError, RefusedError, ConfigError."""
    if problem := texts.slug_problem(answers.slug):
        raise errors.UsageError(f"'{answers.slug}' cannot name a list: {problem}")
    folder = opened.root / "lists" / answers.slug
    file = folder / "list.toml"
    if file.exists():
        raise errors.RefusedError(
            f"there is a list '{answers.slug}' already", f"Change it with an editor: {file}"
        )
    with _all_or_nothing() as made:
        _make_folder(folder / "editions", made)
        _write(file, _list_text(answers), made)
        found, problems = config.read_list(folder, opened.config)
        if problems:
            raise errors.ConfigError("\n".join(problems), "Nothing was made. Give other values.")
    return found


def default_purpose(language: str) -> str:
    """What most lists are for."""
    return catalogue.say("founding_purpose", language)


def default_wording(language: str, organisation: str, title: str, purpose: str, contact: str) -> str:
    """A wording that names what the law asks for: who, what, how often, how to leave, whom to ask."""
    what = purpose.strip().rstrip(".")
    if language != "de" and not what[1:2].isupper():  # a German noun keeps its capital
        what = what[:1].lower() + what[1:]
    return catalogue.say(
        "founding_wording", language, organisation=organisation, title=title, purpose=what, contact=contact
    )


def _site_text(answers: SiteAnswers) -> str:
    lines = [
        "[site]",
        _line("name", answers.name),
        _line("contact", answers.contact),
        _line("time_zone", answers.time_zone),
    ]
    lines += _given(
        "base_url",
        answers.base_url,
        "https://lists.example.org",
        "the members' pages; without it leaving is by mail",
    )
    lines += _given(
        "postal_address", answers.postal_address, "...", "stands in every mail; a PO box or c/o will do"
    )
    lines += _given("country", answers.country, "GB", "which country's rules hold")
    lines += [_line("language", answers.language), "", "[smtp]", _line("host", answers.smtp_host)]
    lines += [
        f"port = {answers.smtp_port}",
        _line("security", answers.smtp_security) + "   # tls | starttls | none (this machine only)",
    ]
    if answers.smtp_username:
        lines += [_line("username", answers.smtp_username)]
        lines += ['password_file = "smtp.password"   # or the variable NEWSLETTER_SMTP_PASSWORD']
    if answers.chair:
        lines += [
            "",
            "[[organiser]]",
            _line("name", answers.chair),
            _line("email", answers.contact),
            'role = "chair"',
        ]
    return "\n".join(lines) + "\n"


def _list_text(answers: ListAnswers) -> str:
    lines = [_line("title", answers.title), _line("from", answers.sender), _line("purpose", answers.purpose)]
    lines += ["# What a person agrees to; it is kept with every consent, so change it only on purpose."]
    lines += [
        _line("wording", answers.wording),
        _line("basis", answers.basis) + "   # consent | membership | notice",
    ]
    if answers.description:
        lines += [_line("description", answers.description)]
    if answers.language:
        lines += [_line("language", answers.language)]
    if answers.goal:
        lines += [f"goal = {answers.goal}"]
    return "\n".join(lines) + "\n"


def _line(key: str, value: str) -> str:
    # A JSON string is a TOML basic string too.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _given(key: str, value: str, example: str, comment: str) -> list[str]:
    if value:
        return [_line(key, value)]
    return [f'# {key} = "{example}"   # {comment}']


@contextlib.contextmanager
def _all_or_nothing() -> Iterator[list[Path]]:
    """Take away again what was made, newest first, when anything fails."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder with its parents, and note those that were not there."""
    if not folder.is_dir():
        _make_folder(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _write(file: Path, text: str, made: list[Path]) -> None:
    """Write a file that is not there yet, for the owner alone: it may name people, or hold a password."""
    try:
        content = text.encode()
    except UnicodeEncodeError as problem:
        raise errors.InputError(
            f"what was given for {file.name} is no UTF-8 text", "Set the terminal to UTF-8."
        ) from problem
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    made.append(file)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
