"""What `check` finds on a good site and on bad ones, each finding by its rule."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import checking
from tests.conftest import LIST_TOML, NEWSLETTER_TOML
from tests.people import add_member

GOOD_DNS = {
    ("lists.example.org", "TXT"): ("v=spf1 include:relay.example.org -all", "other"),
    ("_dmarc.lists.example.org", "TXT"): ("v=DMARC1; p=none",),
    ("lists.example.org", "MX"): ("10 mx.example.org.",),
}


@contextmanager
def relay(greeting: bytes = b"220 peer ESMTP\r\n", *answers: bytes) -> Iterator[int]:
    """A server on loopback that greets, then answers each line in turn, by default as a relay does; its port."""
    said = list(answers) or [b"250 peer\r\n", b"221 bye\r\n"]
    ready = threading.Event()
    port = 0
    stop: Callable[[], object] = list

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        for line in said:
            if not await reader.readline():
                break
            writer.write(line)
        writer.close()

    async def serve() -> None:
        nonlocal port, stop
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        stop = lambda: loop.call_soon_threadsafe(ended.set)  # noqa: E731
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        ready.set()
        await ended.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield port
    finally:
        stop()
        thread.join(10)


@pytest.fixture
def port() -> Iterator[int]:
    with relay() as number:
        yield number


def found(opened: sites.Site, resolver: checking.Resolver | None = None) -> dict[str, str]:
    """The findings but for the good ones, as level and text by their rule."""
    return {
        one.rule: f"{one.level} {one.where}: {one.text}"
        for one in checking.check(opened, resolver=resolver)
        if one.level != "good"
    }


def on_port(toml: str, number: int) -> str:
    return toml.replace("port = 2525", f"port = {number}")


def test_a_good_site_has_nothing_to_mend(make_site, port: int) -> None:
    """Only the relay's good answer is told."""
    site = make_site(toml=on_port(NEWSLETTER_TOML, port))
    add_member(site, "ada@example.org", "south-hants-it")

    assert [
        (one.level, one.rule)
        for one in checking.check(site, resolver=lambda name, kind: GOOD_DNS.get((name, kind), ()))
    ] == [("good", "relay")]


@pytest.mark.parametrize(
    ("old", "new", "rule", "told"),
    [
        ('base_url = "http://127.0.0.1:8000"\n', "", "base-url", "warning newsletter.toml: There is no base_url: members leave and answer by mail only"),
        ('country = "GB"\n', "", "country", "warning newsletter.toml: There is no country"),
        ('role = "chair"', 'role = "member"', "organiser", "warning newsletter.toml: There is no [[organiser]] with role chair"),
        ('[receive]\nbounce_address = "bounces@lists.example.org"\nkind = "maildir"\npath = "returns"\n', "", "receive",
         "warning newsletter.toml: There is no [receive]: bounces go to each list's From address"),
        ('postal_address = "1 High Street, Southampton"\n', "", "postal-address",
         "warning lists/south-hants-it/list.toml: There is no postal_address. A PO box"),
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_a_site_lacks_is_a_warning(
    make_site, port: int, old: str, new: str, rule: str, told: str
) -> None:
    """One thing taken out of a good site: that one is told, with what it means."""
    assert old in NEWSLETTER_TOML
    site = make_site(toml=on_port(NEWSLETTER_TOML, port).replace(old, new))

    findings = found(site)

    assert list(findings) == [rule]
    assert findings[rule].startswith(told)


@pytest.mark.parametrize("country", ["US", "CA", "DE"])
@pytest.mark.parametrize("of_list", [False, True], ids=["site", "list"])
def test_where_the_law_wants_a_postal_address_it_is_an_error(
    make_site, port: int, country: str, of_list: bool
) -> None:
    """The site's country, or that of one list which says another."""
    toml = on_port(NEWSLETTER_TOML, port).replace('postal_address = "1 High Street, Southampton"\n', "")
    own = f'country = "{country}"\n'
    site = make_site(
        toml=toml if of_list else toml.replace('country = "GB"\n', own),
        list_toml=LIST_TOML + own if of_list else LIST_TOML,
    )

    assert found(site)["postal-address"].startswith(
        f"error lists/south-hants-it/list.toml: There is no postal_address, which the law of {country} demands."
    )


def test_a_list_s_own_postal_address_is_enough(make_site, port: int) -> None:
    """The site need have none then."""
    toml = (
        on_port(NEWSLETTER_TOML, port)
        .replace('postal_address = "1 High Street, Southampton"\n', "")
        .replace("GB", "DE")
    )

    assert found(make_site(toml=toml, list_toml=LIST_TOML + 'postal_address = "Postfach 1, Berlin"\n')) == {}


@pytest.mark.parametrize(
    ("old", "new", "rule", "told"),
    [
        ("about once a month. I can leave at any time by the link in every mail. Questions: chair@example.org", "now and then.", "wording",
         "warning lists/south-hants-it/list.toml: The wording that people agree to does not say: how often; how to leave; whom to ask (chair@example.org)."),
        ("<chair@lists.example.org>", "<no-reply@lists.example.org>", "reply-to", "warning lists/south-hants-it/list.toml: Replies go to"),
        ('basis = "consent"', 'basis = "consent"\nreply_to = "do_not_reply@example.org"', "reply-to", "warning lists/south-hants-it/list.toml: Replies go to"),
    ],
    ids=["wording", "no-reply", "reply-to"],
)  # fmt: skip
def test_what_is_doubtful_of_a_list(make_site, port: int, old: str, new: str, rule: str, told: str) -> None:
    """A wording that would not stand, replies that nobody reads."""
    assert old in LIST_TOML

    findings = found(make_site(toml=on_port(NEWSLETTER_TOML, port), list_toml=LIST_TOML.replace(old, new)))

    assert list(findings) == [rule]
    assert findings[rule].startswith(told)


def test_files_that_others_can_read(make_site, port: int) -> None:
    """T32: key and passwords, with the command that mends it; and a folder that others can write into."""
    site = make_site(toml=on_port(NEWSLETTER_TOML, port))
    site.root.chmod(0o777)
    (site.root / "newsletter.key").chmod(0o644)
    (site.root / "imap.password").write_text("x")
    (site.root / "imap.password").chmod(0o640)

    told = [
        (one.level, one.where, one.text.partition("Run: ")[2])
        for one in checking.check(site)
        if one.rule == "file-mode"
    ]

    assert told == [
        ("error", str(site.root), f"chmod 700 {site.root}"),
        ("error", "newsletter.key", f"chmod 600 {site.root}/newsletter.key"),
        ("error", "imap.password", f"chmod 600 {site.root}/imap.password"),
    ]


def test_a_broken_layout_is_found_before_the_send(make_site, port: int) -> None:
    """File and line of the site's own templates."""
    site = make_site(toml=on_port(NEWSLETTER_TOML, port))
    (site.root / "templates" / "mail").mkdir(parents=True)
    (site.root / "templates" / "mail" / "frame.html").write_text("<p>\n{% if x %}\n")
    (site.root / "templates" / "mail" / "latin.txt").write_bytes(b"\xe4")

    told = [f"{one.where}: {one.text}" for one in checking.check(site) if one.rule == "template"]

    assert told[0].startswith("templates/mail/frame.html: Line 2: Unexpected end of template")
    assert told[1].startswith("templates/mail/latin.txt: 'utf-8' codec can't decode")


def test_a_changed_ledger_is_found(make_site, port: int) -> None:
    """With the number of the event."""
    site = make_site(toml=on_port(NEWSLETTER_TOML, port))
    add_member(site, "ada@example.org", "south-hants-it")
    with site.store.write():
        site.store.execute("UPDATE consent_payload SET json = '{}'")

    assert found(site)["ledger"] == (
        "error newsletter.db: The consent ledger does not verify: event 1, its personal part was changed."
    )


def test_a_relay_that_is_down(make_site) -> None:
    """Nobody listens on that port."""
    with relay() as number:
        pass

    told = found(make_site(toml=on_port(NEWSLETTER_TOML, number)))["relay"]

    assert told.startswith(f"error 127.0.0.1:{number}: no connection")
    assert told.endswith("No mail can go out by it now.")


@pytest.mark.parametrize(
    ("greeting", "answers", "reason"),
    [
        (b"554 go away\r\n", (), "554"),
        (b"220 hi\r\n", (b"502 no\r\n", b"502 no\r\n", b"221 bye\r\n"), "502"),
        (b"", (b"",), ""),
    ],
    ids=["greeting", "ehlo", "closed"],
)
def test_a_relay_that_refuses(make_site, greeting: bytes, answers: tuple[bytes, ...], reason: str) -> None:
    """Its own words are shown, and check does not hang."""
    with relay(greeting, *answers) as number:
        told = found(make_site(toml=on_port(NEWSLETTER_TOML, number)))["relay"]

    assert told.startswith(f"error 127.0.0.1:{number}: ")
    assert reason in told


def test_a_relay_without_starttls_is_no_relay_for_starttls(make_site) -> None:
    """Never opportunistic: the password stays here (T: aiosmtplib's default would have sent it in clear)."""
    with relay(b"220 hi\r\n", b"250-peer\r\n250 AUTH PLAIN\r\n", b"502 no\r\n", b"221 bye\r\n") as number:
        toml = on_port(NEWSLETTER_TOML, number).replace('security = "none"', 'security = "starttls"')
        told = found(make_site(toml=toml))["relay"]

    assert "no verified TLS" in told


def test_certificates_that_cannot_be_read(make_site, tmp_path) -> None:
    """A ca_file of rubbish is told, not thrown."""
    (tmp_path / "ca.pem").write_text("rubbish")
    toml = NEWSLETTER_TOML.replace(
        'security = "none"', f'security = "tls"\nca_file = "{tmp_path / "ca.pem"}"'
    )

    told = found(make_site(toml=toml))["relay"]

    assert f"the certificates in {tmp_path / 'ca.pem'} cannot be read" in told


@pytest.mark.parametrize(
    ("missing", "rules"),
    [
        (("lists.example.org", "TXT"), ["spf"]), (("_dmarc.lists.example.org", "TXT"), ["dmarc"]),
        (("lists.example.org", "MX"), ["mx"]),
    ],
)  # fmt: skip
def test_what_dns_lacks(make_site, port: int, missing: tuple[str, str], rules: list[str]) -> None:
    """SPF, DMARC, MX: each by itself, with what to publish."""
    site = make_site(toml=on_port(NEWSLETTER_TOML, port))

    told = found(site, lambda name, kind: () if (name, kind) == missing else GOOD_DNS.get((name, kind), ()))

    assert list(told) == rules


@pytest.mark.parametrize(
    ("mx", "address", "told"),
    [((), ("192.0.2.1",), []), (("0 .",), ("192.0.2.1",), ["mx"]), ((), (), ["mx"])],
)
def test_a_domain_takes_mail_by_mx_or_address(make_site, port: int, mx, address, told) -> None:
    """RFC 5321 5.1: without an MX record the address is asked; RFC 7505: a null MX says no."""
    answers = {**GOOD_DNS, ("lists.example.org", "MX"): mx, ("lists.example.org", "A"): address}
    site = make_site(toml=on_port(NEWSLETTER_TOML, port))

    assert list(found(site, lambda name, kind: answers.get((name, kind), ()))) == told


def test_dns_that_does_not_answer_is_no_verdict(make_site, port: int) -> None:
    """Offline is no fault of the site."""
    told = found(make_site(toml=on_port(NEWSLETTER_TOML, port)), lambda _name, _kind: None)

    assert told["dns"] == "warning lists.example.org: DNS does not answer; try again later."
    assert not [text for text in told.values() if text.startswith("error")]


def test_a_site_without_lists_says_so(make_site, port: int, tmp_path) -> None:
    """The first thing to do after init."""
    site = make_site(toml=on_port(NEWSLETTER_TOML, port))
    site.config.lists.clear()

    assert found(site) == {
        "lists": "warning lists/: There is no list yet. Make one: newsletter list new SLUG"
    }


def test_check_by_the_command(make_site, port: int, capsys) -> None:
    """0 and "Ready to send." on a good site; 1 with an error; the JSON holds the findings alone."""
    from newsletter.cli import main

    good = make_site(toml=on_port(NEWSLETTER_TOML, port)).root
    assert main.run(["--site", str(good), "check"]) == 0
    assert "Ready to send." in capsys.readouterr().out
    assert main.run(["--site", str(good), "check", "--json"]) == 0
    assert capsys.readouterr().out.strip() == '{\n "findings": []\n}'

    (good / "newsletter.key").chmod(0o644)
    assert main.run(["--site", str(good), "check"]) == 1
    told = capsys.readouterr().out
    assert "chmod 600" in told and "[file-mode]" in told and "Ready" not in told

    (good / "lists" / "south-hants-it" / "list.toml").write_text("x = 1\n")
    assert main.run(["--site", str(good), "check", "--json"]) == 1
    assert '"where": "lists/south-hants-it/list.toml"' in capsys.readouterr().out

    (good / "newsletter.toml").unlink()
    assert main.run(["--site", str(good), "check"]) == 2
    assert "is no newsletter site" in capsys.readouterr().err


def test_check_tells_what_keeps_a_site_from_opening(make_site, port: int, capsys) -> None:
    """A lost key is a finding with its remedy."""
    from newsletter.cli import main

    site = make_site(toml=on_port(NEWSLETTER_TOML, port))
    (site.root / "newsletter.key").unlink()

    assert main.run(["--site", str(site.root), "check"]) == 1
    assert (
        "newsletter.key is not: without it no link in sent mails would work. Put newsletter.key back"
        in capsys.readouterr().out
    )
    with pytest.raises(errors.ConfigError):
        sites.open_site(site.root)


def test_visitors_behind_a_web_server_of_one_network(make_site, port: int) -> None:
    """Pages on loopback under a public base_url: without trusted_proxies all visitors share one network's limits."""
    public = NEWSLETTER_TOML.replace("http://127.0.0.1:8000", "https://lists.example.org")
    toml = on_port(public, port)
    alone = make_site(toml=toml)
    named = make_site(toml=toml + '\n[web]\ntrusted_proxies = ["127.0.0.1"]\n')

    rules = [{finding.rule for finding in checking.check(opened)} for opened in (alone, named)]

    assert ["proxies" in found for found in rules] == [True, False]
