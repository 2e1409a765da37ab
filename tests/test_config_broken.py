"""Broken configurations, each with its very message."""

from pathlib import Path

import pytest

from newsletter import config
from newsletter.core import errors
from tests.conftest import LIST_TOML, NEWSLETTER_TOML, read_config

# Each case: what is replaced in the good file by what, and the one problem that must be found.
BROKEN = [
    ("site-missing", '[site]\nname = "South Hants IT group"', '[sight]\nname = "South Hants IT group"', [
        "newsletter.toml: [site] name is missing", "newsletter.toml: [site] contact is missing",
        "newsletter.toml: [site] time_zone is missing",
        "newsletter.toml: 'sight' is not a known key; did you mean 'site'?"]),
    ("name-missing", 'name = "South Hants IT group"\n', "", ["newsletter.toml: [site] name is missing"]),
    ("name-empty", "South Hants IT group", "  ", ["newsletter.toml: [site] name is empty"]),
    ("name-number", '"South Hants IT group"', "7", ["newsletter.toml: [site] name must be a text in quotes, not 7"]),
    ("name-line-break", "South Hants IT group", r"Group\r\nBcc: x@example.org", [
        "newsletter.toml: [site] name holds a line break or control character"]),
    ("name-two-lines", "South Hants IT group", r"Group\nBcc: x@example.org", [
        "newsletter.toml: [site] name holds a line break or control character"]),
    ("name-long", "South Hants IT group", "x" * 201, [
        "newsletter.toml: [site] name is 201 characters long, 200 are allowed"]),
    ("unknown-key", "country =", "counrty =", [
        "newsletter.toml: [site] 'counrty' is not a known key; did you mean 'country'?"]),
    ("unknown-key-far", "country =", "zzz =", [
        "newsletter.toml: [site] 'zzz' is not a known key; known are base_url, contact, country, language, name, "
        "postal_address, time_zone"]),
    ("unknown-table", "[receive]", "[recieve]", [
        "newsletter.toml: 'recieve' is not a known key; did you mean 'receive'?"]),
    ("time-zone", "Europe/London", "Europe/Southampton", [
        "newsletter.toml: [site] time_zone is 'Europe/Southampton', which is no time zone; write one such as Europe/London"]),
    ("time-zone-path", "Europe/London", "../../etc/passwd", [
        "newsletter.toml: [site] time_zone is '../../etc/passwd', which is no time zone; write one such as Europe/London"]),
    ("country-long", 'country = "GB"', 'country = "GBR"', [
        "newsletter.toml: [site] country is 'GBR', but must be two capital letters such as GB"]),
    ("country-small", 'country = "GB"', 'country = "gb"', [
        "newsletter.toml: [site] country is 'gb', but must be two capital letters such as GB"]),
    ("language", 'country = "GB"', 'language = "fn"', [
        "newsletter.toml: [site] language is 'fn', but must be one of en, de, fr"]),
    ("contact", 'contact = "chair@example.org"', 'contact = "chair at example.org"', [
        "newsletter.toml: [site] contact holds no good e-mail address: 'chair at example.org' is no e-mail address: "
        "An email address must have an @-sign."]),
    ("base-url-http", "http://127.0.0.1:8000", "http://lists.example.org", [
        "newsletter.toml: [site] base_url is 'http://lists.example.org', but must begin with https:// "
        "(http:// only on this machine itself)"]),
    ("base-url-bare", "http://127.0.0.1:8000", "lists.example.org", [
        "newsletter.toml: [site] base_url is 'lists.example.org', but must begin with https:// "
        "(http:// only on this machine itself)"]),
    ("base-url-query", "http://127.0.0.1:8000", "https://lists.example.org/?a=b", [
        "newsletter.toml: [site] base_url is 'https://lists.example.org/?a=b', but must be a plain address without ? # "
        "or a user name"]),
    ("base-url-port", "http://127.0.0.1:8000", "https://lists.example.org:99999", [
        "newsletter.toml: [site] base_url is 'https://lists.example.org:99999', which is no web address: "
        "Port out of range 0-65535"]),
    ("base-url-bracket", "http://127.0.0.1:8000", "https://[::1", [
        "newsletter.toml: [site] base_url is 'https://[::1', which is no web address: Invalid IPv6 URL"]),
    ("base-url-blank", "http://127.0.0.1:8000", "https://lists.example.org/a b", [
        "newsletter.toml: [site] base_url holds characters that no address has"]),
    ("no-smtp", '[smtp]\nhost = "127.0.0.1"\nport = 2525\nsecurity = "none"\n', "", [
        "newsletter.toml: [smtp] is missing: say which SMTP relay sends the mail"]),
    ("port-missing", "port = 2525\n", "", ["newsletter.toml: [smtp] port is missing"]),
    ("port-text", "port = 2525", 'port = "2525"', ["newsletter.toml: [smtp] port must be a whole number, not '2525'"]),
    ("port-true", "port = 2525", "port = true", ["newsletter.toml: [smtp] port must be a whole number, not true"]),
    ("port-high", "port = 2525", "port = 65536", ["newsletter.toml: [smtp] port is 65536, but must be from 1 to 65535"]),
    ("host-port", 'host = "127.0.0.1"', 'host = "smtp.example.org:587"', [
        "newsletter.toml: [smtp] host is 'smtp.example.org:587', but must be a host name or address alone, without scheme or port",
        "newsletter.toml: [smtp] security is 'none', which is allowed only for a relay on this machine; use starttls or tls"]),
    ("security-typo", 'security = "none"', 'security = "startls"', [
        "newsletter.toml: [smtp] security is 'startls', but must be one of tls, starttls, none (did you mean 'starttls'?)"]),
    ("security-none-away", 'host = "127.0.0.1"', 'host = "smtp.example.org"', [
        "newsletter.toml: [smtp] security is 'none', which is allowed only for a relay on this machine; use starttls or tls"]),
    ("password-missing", "port = 2525", 'port = 2525\nusername = "me"', [
        "newsletter.toml: [smtp] password_file is missing, but there is a username; or set NEWSLETTER_SMTP_PASSWORD"]),
    ("password-not-there", "port = 2525", 'port = 2525\nusername = "me"\npassword_file = "nowhere"', [
        "newsletter.toml: [smtp] password_file names nowhere, which cannot be read"]),
    ("preset", "port = 2525", 'port = 2525\npreset = "gmial"', [
        "newsletter.toml: [smtp] preset is 'gmial', but must be one of gmail, google-workspace, microsoft365, ses, postmark, "
        "shared-host (did you mean 'gmail'?)"]),
    ("rate-zero", "port = 2525", "port = 2525\nper_second = 0", [
        "newsletter.toml: [smtp] per_second is 0, but must be from 1 to 2147483648"]),
    ("rate-typo", "port = 2525", "port = 2525\nper_secnd = 3", [
        "newsletter.toml: [smtp] 'per_secnd' is not a known key; did you mean 'per_second'?"]),
    ("connections", "port = 2525", "port = 2525\nconnections = 101", [
        "newsletter.toml: [smtp] connections is 101, but must be from 1 to 100"]),
    ("timeout-number", "port = 2525", "port = 2525\ndot_timeout = 600", [
        "newsletter.toml: [smtp] dot_timeout must be a length of time such as \"5m\", not 600"]),
    ("timeout-text", "port = 2525", 'port = 2525\nanswer_timeout = "5 minutes"', [
        "newsletter.toml: [smtp] answer_timeout is '5 minutes', but must be a length of time such as \"30s\", \"5m\", \"48h\" or \"7d\""]),
    ("timeout-zero", "port = 2525", 'port = 2525\nmessage_deadline = "0s"', [
        "newsletter.toml: [smtp] message_deadline is '0s', but must be at least 1 seconds"]),
    ("sign-without-dkim", "port = 2525", "port = 2525\nsign = true", [
        "newsletter.toml: [dkim] is missing, but a relay has sign = true"]),
    ("dkim-key", "[receive]", '[dkim]\ndomain = "a.example"\nselector = "s"\nkey_file = "none.pem"\n[receive]', [
        "newsletter.toml: [dkim] key_file names none.pem, which is not there"]),
    ("unclear", "[receive]", '[sending]\non_unclear = "repaet"\n[receive]', [
        "newsletter.toml: [sending] on_unclear is 'repaet', but must be one of repeat, hold (did you mean 'repeat'?)"]),
    ("retry-order", "[receive]", '[sending]\nretry_first = "2h"\nretry_max = "1h"\n[receive]', [
        "newsletter.toml: [sending] retry_max is shorter than retry_first"]),
    ("bounce-long", "bounces@lists", "bounces-of-south-hants@lists", [
        "newsletter.toml: [receive] bounce_address has more than 20 characters before the @, too many to add a token (RFC 5321)"]),
    ("receive-kind-missing", 'kind = "maildir"\n', "", ["newsletter.toml: [receive] kind is missing"]),
    ("maildir-path", 'path = "returns"\n', "", ["newsletter.toml: [receive] path is missing"]),
    ("verp", 'kind = "maildir"', 'kind = "maildir"\nverp = "minus"', [
        "newsletter.toml: [receive] verp is 'minus', but must be one of plus, none"]),
    ("imap-none", 'kind = "maildir"\npath = "returns"',
     'kind = "imap"\nhost = "imap.example.org"\nusername = "me"\nsecurity = "none"', [
        "newsletter.toml: [receive] security is 'none', which is allowed only on this machine; use tls"]),
    ("proxy", "[receive]", '[web]\ntrusted_proxies = ["front"]\n[receive]', [
        "newsletter.toml: [web] trusted_proxies holds 'front', which is no IP address or network"]),
    ("proxies-text", "[receive]", '[web]\ntrusted_proxies = "10.0.0.1"\n[receive]', [
        "newsletter.toml: [web] trusted_proxies must be a list of texts such as [\"a\", \"b\"], not '10.0.0.1'"]),
    ("organiser-table", "[[organiser]]", "[organiser]", [
        "newsletter.toml: organiser must be tables headed [[organiser]], not one table"]),
    ("organiser-name", 'name = "The chair"\n', "", ["newsletter.toml: [organiser] name is missing"]),
    ("not-toml", 'name = "South Hants IT group"', "name = South Hants", [
        "newsletter.toml: is no TOML: Invalid value (at line 2, column 8)"]),
    ("not-utf8", "South Hants IT group", "\udce4", [
        "newsletter.toml: is no TOML: 'utf-8' codec can't decode byte 0xe4 in position 15: invalid continuation byte"]),
]  # fmt: skip

L = "lists/south-hants-it/list.toml:"
BROKEN_LISTS = [
    ("title-missing", 'title = "South Hants IT"\n', "", [f"{L} title is missing"]),
    ("title-control", 'title = "South Hants IT"', r'title = "South\u202e Hants"', [
        f"{L} title holds a line break or control character"]),
    ("wording-missing", "wording =", "wordng =", [
        f"{L} wording is missing", f"{L} 'wordng' is not a known key; did you mean 'wording'?"]),
    ("basis", 'basis = "consent"', 'basis = "concent"', [
        f"{L} basis is 'concent', but must be one of consent, membership, notice (did you mean 'consent'?)"]),
    ("confirm", "fields =", 'confirm = "never"\nfields =', [
        f"{L} confirm is 'never', but must be one of always, unproven"]),
    ("archive", "fields =", 'archive = "yes"\nfields =', [f"{L} archive must be true or false, not 'yes'"]),
    ("from", "<chair@lists.example.org>", "<chair@>", [
        f"{L} from holds no good e-mail address: 'chair@' is no e-mail address: There must be something after the @-sign."]),
    ("from-inject", "South Hants IT <", r"South\r\nBcc: x <", [f"{L} from holds a line break or control character"]),
    ("from-long", "South Hants IT <", "x" * 201 + " <", [f"{L} from has a name of 201 characters, 200 are allowed"]),
    ("reply-to", "fields =", 'reply_to = "nobody"\nfields =', [
        f"{L} reply_to holds no good e-mail address: 'nobody' is no e-mail address: An email address must have an @-sign."]),
    ("fields", '"company"', '"email"', [f"{L} fields holds 'email'; a field is small letters, digits and _ and not one of ours"]),
    ("fields-case", '"company"', '"Company Name"', [
        f"{L} fields holds 'Company Name'; a field is small letters, digits and _ and not one of ours"]),
    ("fields-numbers", '"company"', "1", [f"{L} fields must be a list of texts such as [\"a\", \"b\"]"]),
    ("goal", "fields =", "goal = 0\nfields =", [f"{L} goal is 0, but must be from 1 to 2147483648"]),
    ("relay", "fields =", 'relay = "spare"\nfields =', [f"{L} relay is 'spare', but must be one of main"]),
    ("base-url", "fields =", 'base_url = "https://x.example.org"\nfields =', [
        f"{L} 'base_url' is not a known key; known are archive, basis, booth, clashes, committee, committee_wait, confirm, contact, "
        "country, day_before, description, fields, free_place, from, give_up, goal, language, mails_per_week, name, offer_wait, "
        "on_unclear, per_day, per_domain_per_minute, per_hour, per_minute, per_second, postal_address, purpose, relay, remind_at, "
        "reply_to, retry_first, retry_max, second_notice, time_zone, title, unclear_wait, wording"]),
    ("committee", "fields =", 'committee = ["me"]\nfields =', [
        f"{L} committee holds no good e-mail address: 'me' is no e-mail address: An email address must have an @-sign."]),
    ("reminder-key", "fields =", 'second_notise = "7d"\nfields =', [
        f"{L} 'second_notise' is not a known key; did you mean 'second_notice'?"]),
    ("reminder-pace", "fields =", 'day_before = "1h"\nfields =', [
        f"{L} day_before is '1h', but must be days before the meeting such as \"7d\" or \"7d 18:30\" (60 at most), or \"off\""]),
    ("reminder-hour", "fields =", 'remind_at = "ten"\nfields =', [
        f"{L} remind_at is 'ten', but must be a time of day such as \"10:00\""]),
    ("reminder-number", "fields =", "free_place = 2\nfields =", [
        f"{L} free_place must be a text in quotes, not 2"]),
    ("mails-per-week", "fields =", "mails_per_week = 0\nfields =", [
        f"{L} mails_per_week is 0, but must be from 1 to 100"]),
    ("zone", "fields =", 'time_zone = "Mars"\nfields =', [
        f"{L} time_zone is 'Mars', which is no time zone; write one such as Europe/London"]),
    ("not-toml", 'title = "South Hants IT"', "title = ", [f"{L} is no TOML: Invalid value (at line 1, column 9)"]),
]  # fmt: skip


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, f"{old!r} is not in the good file"
    return text.replace(old, new, 1)


def case_ids(cases: list[tuple[str, str, str, list[str]]]) -> list[str]:
    return [case[0] for case in cases]


@pytest.mark.parametrize(("name", "old", "new", "expected"), BROKEN, ids=case_ids(BROKEN))
def test_a_broken_newsletter_toml_is_named(tmp_path, monkeypatch, name, old, new, expected) -> None:
    """File, table, key, what is wrong and the nearest known key: this problem and no other."""
    monkeypatch.setenv("NEWSLETTER_IMAP_PASSWORD", "x")

    with pytest.raises(errors.ConfigError) as refused:
        read_config(tmp_path, replaced(NEWSLETTER_TOML, old, new))

    assert refused.value.message.splitlines() == expected
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(("name", "old", "new", "expected"), BROKEN_LISTS, ids=case_ids(BROKEN_LISTS))
def test_a_broken_list_toml_is_named(tmp_path, name, old, new, expected) -> None:
    """The same for a list: its file is named with its folder."""
    with pytest.raises(errors.ConfigError) as refused:
        read_config(tmp_path, list_toml=replaced(LIST_TOML, old, new))

    assert refused.value.message.splitlines() == expected


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    """Mended once, not one run per mistake."""
    with pytest.raises(errors.ConfigError) as refused:
        read_config(
            tmp_path,
            replaced(NEWSLETTER_TOML, "port = 2525", "port = 0"),
            replaced(LIST_TOML, "title", "titel"),
        )

    assert len(refused.value.message.splitlines()) == 3
    assert refused.value.hint == "Mend the file and run: newsletter check"


def test_a_folder_that_is_no_slug_is_refused(tmp_path: Path) -> None:
    """The folder's name is the list's slug and so names links and addresses."""
    with pytest.raises(
        errors.ConfigError, match=r"lists/My List/list\.toml: the folder's name 'My List' is no slug"
    ):
        read_config(tmp_path, slug="My List")


def test_a_folder_without_a_site_says_what_to_do(tmp_path: Path) -> None:
    """The most common slip: the command run in another folder."""
    with pytest.raises(errors.ConfigError, match=r"there is no newsletter.toml in it") as refused:
        config.load(tmp_path)

    assert (
        refused.value.hint
        == "Name the site's folder with --site DIR, or make a site with: newsletter init DIR"
    )
