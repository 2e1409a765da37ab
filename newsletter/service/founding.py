"""Found a site and its lists: write newsletter.toml and list.toml, never over what is there."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from newsletter import config, settings, site
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


def found_site(folder: Path, answers: SiteAnswers) -> settings.Config:
    """Write a new site's files and read them back. Raises RefusedError when there is a site already, ConfigError."""
    file = folder / "newsletter.toml"
    if file.exists():
        raise errors.RefusedError(
            f"{folder} holds a site already", "Change it with an editor, then: newsletter check"
        )
    for name in ("lists", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(0o700)
    if answers.smtp_password:
        _write_secret(folder / "smtp.password", answers.smtp_password)
    _write(file, _site_text(answers))
    try:
        return config.load(folder)
    except errors.ConfigError:
        file.unlink()
        (folder / "smtp.password").unlink(missing_ok=True)
        raise


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
    (folder / "editions").mkdir(parents=True, exist_ok=True)
    _write(file, _list_text(answers))
    made, problems = config.read_list(folder, opened.config)
    if problems:
        file.unlink()
        raise errors.ConfigError("\n".join(problems))
    return made


def default_wording(organisation: str, title: str, purpose: str, contact: str) -> str:
    """A wording that names what the law asks for: who, what, how often, how to leave, whom to ask."""
    return (
        f"Yes, {organisation} may send me {title} by e-mail: {purpose[:1].lower()}{purpose[1:]}, about once a month. "
        f"I can leave at any time by the link in every mail. Questions: {contact}"
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


def _write(file: Path, text: str) -> None:
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)


def _write_secret(file: Path, secret: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(secret + "\n")
