"""Founding a site and a list: what is written reads back, and whatever fails leaves nothing behind."""

import dataclasses
import stat
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors, wordings
from newsletter.service import founding

ANSWERS = founding.SiteAnswers(
    name='The "South Hants" IT group \\ friends', contact="chair@example.org", time_zone="Europe/London", country="GB",
    postal_address="1 High Street\nSouthampton", language="en", base_url="https://lists.example.org",
    smtp_host="smtp.example.org", smtp_port=465, smtp_security="tls", smtp_username="us", smtp_password="s3cret \u00fc",
    chair="Ada Löwe",
)  # fmt: skip
LIST = founding.ListAnswers(
    "south-hants-it", "South Hants IT", "South Hants, IT (group) <chair@example.org>", "Recaps and invitations", "consent",
    'Yes, "mail" me.', "A line", 100,
)  # fmt: skip


def test_a_site_s_answers_read_back(tmp_path: Path) -> None:
    """Quotes, backslashes, line breaks and other scripts included; the folder and the password are private."""
    folder = tmp_path / "deep" / "site"

    conf = founding.found_site(folder, ANSWERS)

    assert (conf.site.name, conf.site.contact, conf.site.time_zone) == (
        ANSWERS.name,
        "chair@example.org",
        "Europe/London",
    )
    assert (conf.site.postal_address, conf.site.country) == (ANSWERS.postal_address, "GB")
    assert conf.site.base_url == "https://lists.example.org"
    (relay,) = conf.relays
    assert (relay.host, relay.port, relay.security, relay.username) == ("smtp.example.org", 465, "tls", "us")
    assert relay.password is not None and relay.password.value == ANSWERS.smtp_password
    assert [(one.name, one.email, one.role) for one in conf.organisers] == [
        ("Ada Löwe", "chair@example.org", "chair")
    ]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "smtp.password").stat().st_mode) == 0o600
    assert "s3cret" not in (folder / "newsletter.toml").read_text("utf-8")


def test_what_was_not_given_stands_as_an_example(tmp_path: Path) -> None:
    """Commented out, so that an editor shows what there could be."""
    bare = dataclasses.replace(
        ANSWERS, country="", postal_address="", base_url="", smtp_username="", smtp_password="", chair=""
    )

    conf = founding.found_site(tmp_path / "site", bare)

    assert (conf.site.base_url, conf.site.postal_address, conf.organisers) == (None, None, ())
    text = (tmp_path / "site" / "newsletter.toml").read_text("utf-8")
    assert '# base_url = "https://lists.example.org"' in text
    assert "# postal_address" in text
    assert not (tmp_path / "site" / "smtp.password").exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "a\nb", "name holds a line break"), ("name", "a\x00b", "name holds a line break"), ("name", "", "name is empty"),
        ("name", "a\x7fb", "is no TOML"), ("contact", "nobody", "holds no good e-mail address"), ("time_zone", "Mars", "no time zone"),
        ("country", "gb", "two capital letters"), ("base_url", "http://lists.example.org", "must begin with https://"),
        ("smtp_host", "https://smtp.example.org", "a host name or address alone"), ("smtp_security", "none", "only for a relay on this machine"),
        ("name", "\udcff", "is no UTF-8 text"), ("smtp_password", "\udcff", "is no UTF-8 text"), ("chair", "a\r\nb", "line break"),
    ],
    ids=lambda value: ascii(value)[:24],
)  # fmt: skip
def test_a_bad_answer_makes_no_site(tmp_path: Path, field: str, value: str, message: str) -> None:
    """Refused with the reason; not a folder and not a file stays behind."""
    with pytest.raises(errors.NewsletterError, match=message):
        founding.found_site(tmp_path / "deep" / "site", dataclasses.replace(ANSWERS, **{field: value}))

    assert list(tmp_path.iterdir()) == []


def test_a_site_is_never_founded_over_another(tmp_path: Path) -> None:
    """What is there stays, letter by letter."""
    founding.found_site(tmp_path, ANSWERS)
    before = (tmp_path / "newsletter.toml").read_bytes()

    with pytest.raises(errors.RefusedError, match="holds a site already"):
        founding.found_site(tmp_path, dataclasses.replace(ANSWERS, name="Other"))

    assert (tmp_path / "newsletter.toml").read_bytes() == before


def test_a_password_that_lies_there_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody put it there."""
    (tmp_path / "smtp.password").write_text("theirs")

    with pytest.raises(errors.RefusedError, match=r"smtp\.password is there already"):
        founding.found_site(tmp_path, ANSWERS)

    assert (tmp_path / "smtp.password").read_text() == "theirs"


def test_a_failure_in_the_middle_takes_all_back(tmp_path: Path, monkeypatch) -> None:
    """A crash between the files; what was in the folder before stays."""
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "lists").mkdir()

    def crash(_folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(founding.config, "load", crash)
    with pytest.raises(KeyboardInterrupt):
        founding.found_site(tmp_path, ANSWERS)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["lists", "notes.txt"]


def test_a_list_s_answers_read_back(site: sites.Site) -> None:
    """And again when the site is opened the next time."""
    answers = dataclasses.replace(LIST, slug="second")

    made = founding.found_list(site, answers)

    assert (made.title, made.from_name, made.from_address) == (
        "South Hants IT",
        "South Hants, IT (group)",
        "chair@example.org",
    )
    assert (made.wording, made.goal, made.description, made.basis) == (
        'Yes, "mail" me.',
        100,
        "A line",
        "consent",
    )
    again = sites.open_site(site.root)
    assert again.config.lists["second"] == made
    assert (made.folder / "editions").is_dir()
    again.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slug": "A B"}, "'A B' cannot name a list"), ({"slug": "../x"}, "cannot name a list"), ({"slug": "x", "title": ""}, "title is empty"),
        ({"slug": "x", "sender": "nobody"}, "from holds no good e-mail address"), ({"slug": "x", "title": "a\nb"}, "title holds a line break"),
        ({"slug": "x", "sender": "a\r\nBcc: x <a@example.org>"}, "from holds a line break"), ({"slug": "x", "wording": "x" * 5_001}, "5000 are allowed"),
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_answer_makes_no_list(site: sites.Site, change: dict[str, str], message: str) -> None:
    """Nothing of it stays in lists/."""
    with pytest.raises(errors.UsageError, match=message):
        founding.found_list(site, dataclasses.replace(LIST, **change))

    assert [path.name for path in (site.root / "lists").iterdir()] == ["south-hants-it"]


def test_a_list_is_never_made_over_another(site: sites.Site) -> None:
    """Its wording is what people agreed to."""
    before = (site.root / "lists" / "south-hants-it" / "list.toml").read_bytes()

    with pytest.raises(errors.RefusedError, match="there is a list 'south-hants-it' already"):
        founding.found_list(site, LIST)

    assert (site.root / "lists" / "south-hants-it" / "list.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("language", "purpose", "part"),
    [
        (
            "en",
            "Recaps of our meetings and invitations to the next",
            "by e-mail: recaps of our meetings and invitations to the next, about",
        ),
        ("en", "IT news and invitations.", "by e-mail: IT news and invitations, about"),
        ("de", founding.default_purpose("de"), "per E-Mail schicken: Rückblicke auf unsere Treffen und"),
        ("fr", founding.default_purpose("fr"), "par e-mail : comptes rendus de nos rencontres et"),
    ],
)
def test_the_wording_that_is_made_lacks_nothing(language: str, purpose: str, part: str) -> None:
    """It names who, what, how often, how to leave and whom to ask, in the list's language."""
    made = founding.default_wording(
        language, "South Hants IT group", "South Hants IT", purpose, "chair@example.org"
    )

    assert part in made
    assert wordings.missing(made, "South Hants IT group", "South Hants IT", "chair@example.org") == ()
