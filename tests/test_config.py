"""newsletter.toml and list.toml: every key read back, defaults, secrets."""

import tomllib
from datetime import time
from pathlib import Path

import pytest

from newsletter import config, settings
from newsletter.core import presets, reminders
from tests.conftest import LIST_TOML, NEWSLETTER_TOML, read_config, write_site


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    """Editors of Windows write both."""
    folder = write_site(tmp_path / "site")
    (folder / "newsletter.toml").write_bytes(b"\xef\xbb\xbf" + NEWSLETTER_TOML.replace("\n", "\r\n").encode())

    assert config.load(folder).site.name == "South Hants IT group"


FULL = """\
[site]
name = "Société d’informatique"
base_url = "https://lists.example.org/"
time_zone = "Europe/Paris"
postal_address = '''
1 rue Haute
75001 Paris'''
contact = "chair@example.org"
country = "FR"
language = "fr"

[smtp.main]
host = "smtp.example.org"
port = 587
security = "starttls"
ca_file = "ca.pem"
username = "relay-user"
password_file = "smtp.password"
preset = "ses"
connections = 7
per_second = 11
per_minute = 500
per_hour = 9000
per_day = 90000
per_domain_per_minute = 60
answer_timeout = "4m"
dot_timeout = "9m"
message_deadline = "20m"
sign = true

[smtp.spare]
host = "::1"
port = 25
security = "none"

[sending]
on_unclear = "hold"
unclear_wait = "0s"
retry_first = "2m"
retry_max = "3h"
give_up = "7d"

[receive]
bounce_address = "bounces@lists.example.org"
verp = "none"
kind = "imap"
host = "imap.example.org"
port = 143
security = "starttls"
username = "returns"
password_file = "imap.password"
folder = "Bounces"
done_folder = "Read"

[web]
host = "0.0.0.0"
port = 8080
trusted_proxies = ["10.0.0.1", "192.168.0.0/16"]

[dkim]
domain = "lists.example.org"
selector = "s2018"
key_file = "dkim.pem"

[[organiser]]
name = "The chair"
email = "chair@example.org"
role = "chair"

[[organiser]]
name = "The secretary"
email = "secretary@example.org"
"""
FULL_LIST = """\
title = "La lettre"
description = "Chaque mois"
from = "Société, section (A) <lettre@lists.example.org>"
reply_to = "Le bureau <bureau@example.org>"
purpose = "Comptes rendus"
wording = "Oui, envoyez-moi la lettre."
basis = "membership"
confirm = "always"
booth = "attest"
archive = true
fields = ["company", "t_shirt2"]
goal = 100
relay = "spare"
committee = ["a@example.org", "b@example.org"]
committee_wait = "30m"
offer_wait = "2h"
clashes = ["football.ics"]
second_notice = "10d"
free_place = "off"
day_before = "0d 7:30"
remind_at = "18:00"
mails_per_week = 2
name = "La section A"
contact = "a@example.org"
time_zone = "America/Toronto"
postal_address = "C.P. 1"
country = "CA"
language = "en"
on_unclear = "repeat"
unclear_wait = "1m"
retry_first = "1s"
retry_max = "2s"
give_up = "1h"
per_second = 1
per_minute = 2
per_hour = 3
per_day = 4
per_domain_per_minute = 5
"""


@pytest.fixture
def full(tmp_path: Path) -> settings.Config:
    folder = tmp_path / "site"
    folder.mkdir()
    for name, text in (
        ("ca.pem", ""),
        ("dkim.pem", ""),
        ("smtp.password", "grüße \r\n"),
        ("imap.password", "im4p\n"),
    ):
        (folder / name).write_text(text, encoding="utf-8", newline="")
    (folder / "lists" / "lettre").mkdir(parents=True)
    (folder / "newsletter.toml").write_text(FULL, encoding="utf-8")
    (folder / "lists" / "lettre" / "list.toml").write_text(FULL_LIST, encoding="utf-8")
    return config.load(folder)


def test_every_key_of_newsletter_toml_is_read_back(full: settings.Config) -> None:
    """Design 8, key by key, none at its default."""
    root = full.root

    assert full.site == settings.SiteSettings(
        "Société d’informatique", "chair@example.org", "Europe/Paris", "https://lists.example.org",
        "1 rue Haute\n75001 Paris", "FR", "fr",
    )  # fmt: skip
    assert full.relays == (
        settings.Relay(
            "main", "smtp.example.org", 587, "starttls", root / "ca.pem", "relay-user", settings.Secret("grüße "), 7,
            presets.Limits(11, 500, 9000, 90000, 60), 240, 540, 1200, True,
        ),
        settings.Relay("spare", "::1", 25, "none", None, None, None, 4, presets.Limits(), 300, 600, 900, False),
    )  # fmt: skip
    assert full.sending == settings.Sending("hold", 0, 120, 10_800, 604_800)
    assert full.receive == settings.Receive(
        "bounces@lists.example.org",
        "none",
        settings.Mailbox(
            "imap",
            None,
            "imap.example.org",
            143,
            "starttls",
            "returns",
            settings.Secret("im4p"),
            "Bounces",
            "Read",
        ),
    )
    assert full.web == settings.Web("0.0.0.0", 8080, ("10.0.0.1", "192.168.0.0/16"))
    assert full.dkim == settings.Dkim("lists.example.org", "s2018", root / "dkim.pem")
    assert full.organisers == (
        settings.Organiser("The chair", "chair@example.org", "chair"),
        settings.Organiser("The secretary", "secretary@example.org", "organiser"),
    )


def test_every_key_of_list_toml_is_read_back(full: settings.Config) -> None:
    """A list's own keys, and those of [site], [sending] and the limits that it overrides; base_url stays the site's."""
    found = full.lists["lettre"]

    assert found == settings.MailingList(
        slug="lettre", title="La lettre", description="Chaque mois", from_name="Société, section (A)",
        from_address="lettre@lists.example.org", reply_to="bureau@example.org", purpose="Comptes rendus",
        wording="Oui, envoyez-moi la lettre.", basis="membership", confirm="always", booth="attest", archive=True,
        fields=("company", "t_shirt2"), goal=100, relay="spare", committee=("a@example.org", "b@example.org"),
        committee_wait=1800, offer_wait=7200, clashes=("football.ics",),
        reminding=settings.Reminding(reminders.Pace(10, time(18)), None, reminders.Pace(0, time(7, 30))), mails_per_week=2,
        site=settings.SiteSettings(
            "La section A", "a@example.org", "America/Toronto", "https://lists.example.org", "C.P. 1", "CA", "en"
        ),
        sending=settings.Sending("repeat", 60, 1, 2, 3600), limits=presets.Limits(1, 2, 3, 4, 5),
        folder=full.root / "lists" / "lettre",
    )  # fmt: skip


def test_the_full_files_here_name_every_key_the_reader_knows() -> None:
    """A key added to the reader is added to the two tests above."""
    site, mailing_list = tomllib.loads(FULL), tomllib.loads(FULL_LIST)

    assert set(site) == {"site", "smtp", "sending", "receive", "web", "dkim", "organiser"}
    assert set(mailing_list) >= {*site["site"], *site["sending"]} - {"base_url"}


def test_defaults(tmp_path: Path) -> None:
    """What design 8 names as default when only the required keys are there."""
    toml = """
[site]
name = "Group"
time_zone = "UTC"
contact = "chair@example.org"
[smtp]
host = "smtp.example.org"
port = 587
security = "tls"
"""
    list_toml = 'title = "L"\nfrom = "l@example.org"\npurpose = "p"\nwording = "w"\nbasis = "consent"\n'

    conf = read_config(tmp_path, toml, list_toml)

    found = conf.lists["south-hants-it"]
    assert (conf.site.language, conf.site.base_url, conf.receive, conf.organisers) == ("en", None, None, ())
    assert (conf.web, conf.sending) == (
        settings.Web("127.0.0.1", 8000, ()),
        settings.Sending("repeat", 600, 60, 3600, 172_800),
    )
    assert (conf.relays[0].name, conf.relays[0].connections, conf.relays[0].limits) == (
        "main",
        4,
        presets.Limits(),
    )
    assert (found.from_name, found.from_address, found.reply_to) == ("", "l@example.org", None)
    assert (found.confirm, found.archive, found.relay, found.fields) == ("unproven", False, None, ())
    assert (found.site, found.sending) == (conf.site, conf.sending)


def test_a_preset_gives_limits_that_a_key_beside_it_overrides(tmp_path: Path) -> None:
    """The published limits of a relay, and the site's own word over them."""
    conf = read_config(
        tmp_path, NEWSLETTER_TOML.replace("port = 2525", 'port = 2525\npreset = "ses"\nper_second = 3')
    )

    assert conf.relays[0].limits == presets.Limits(per_second=3, per_day=50_000)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Foo, Inc. <a@example.org>", "Foo, Inc."), (r'\"Foo, Inc.\" <a@example.org>', "Foo, Inc."),
        ("a@example.org", ""), ("<a@example.org>", ""), ("日本 <a@example.org>", "日本"), ("A (B) <a@example.org>", "A (B)"),
        ("a@b.example <a@example.org>", "a@b.example"),
    ],
)  # fmt: skip
def test_from_takes_the_name_as_written(tmp_path: Path, written: str, name: str) -> None:
    """A group with a comma or brackets in its name is no syntax error."""
    found = read_config(
        tmp_path, list_toml=LIST_TOML.replace("South Hants IT <chair@lists.example.org>", written)
    )

    mailing_list = found.lists["south-hants-it"]
    assert (mailing_list.from_name, mailing_list.from_address) == (name, "a@example.org")


def test_passwords_never_show(full: settings.Config) -> None:
    """Whatever prints the configuration prints no secret."""
    for shown in (repr(full), str(full), f"{full.relays}", repr(full.receive), str(full.relays[0].password)):
        assert "grüße" not in shown
        assert "im4p" not in shown
    assert "Secret(...)" in repr(full.relays)


@pytest.mark.parametrize(
    ("relay", "variable"),
    [("[smtp]", "NEWSLETTER_SMTP_PASSWORD"), ("[smtp.main-one]", "NEWSLETTER_SMTP_MAIN_ONE_PASSWORD")],
)
def test_a_password_may_come_from_the_environment(tmp_path, monkeypatch, relay, variable) -> None:
    """NEWSLETTER_SMTP_PASSWORD for the one relay, a variable with the relay's name where there are several."""
    monkeypatch.setenv(variable, "from the environment")

    conf = read_config(
        tmp_path,
        NEWSLETTER_TOML.replace("[smtp]", relay).replace("port = 2525", 'port = 2525\nusername = "me"'),
    )

    assert conf.relays[0].password == settings.Secret("from the environment")


@pytest.mark.parametrize(
    ("relay", "url", "expected"),
    [
        ("127.0.0.1", "http://localhost:1", True), ("::1", "http://[::1]:1", True), ("localhost", "http://127.9.9.9", True),
        ("127.0.0.1", "https://lists.example.org", False),
    ],
)  # fmt: skip
def test_loopback_only(tmp_path: Path, relay: str, url: str, expected: bool) -> None:
    """A site whose relays and base_url are this machine cannot reach another one."""
    conf = read_config(
        tmp_path,
        NEWSLETTER_TOML.replace('host = "127.0.0.1"', f'host = "{relay}"').replace(
            "http://127.0.0.1:8000", url
        ),
    )

    assert conf.loopback_only is expected
