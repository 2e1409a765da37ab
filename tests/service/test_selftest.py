"""check --send-test, and our own signature: what is said of a relay that signs well, badly or not at all."""

import json
import subprocess
import sys

import dkim as verifier
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from newsletter.core import errors
from newsletter.service import selftest, signing, single
from tests.peers import smtp_peer
from tests.service import outgoing

BOTH = "List-Unsubscribe:List-Unsubscribe-Post"
BOUNCES = "bounces@lists.example.org"


def pem(bits: int = 2_048) -> bytes:
    """A private key as openssl writes it."""
    return rsa.generate_private_key(65_537, bits).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture(scope="module")
def key() -> bytes:
    """One key for all tests of this file."""
    return pem()


def signed_site(make_site, tmp_path, port: int, key: bytes, domain: str = "lists.example.org"):
    """A site that signs itself."""
    file = tmp_path / "dkim.pem"
    file.write_bytes(key)
    dkim = f'\n[dkim]\ndomain = "{domain}"\nselector = "s1"\nkey_file = "{file}"\n'
    return make_site(toml=outgoing.relay_toml(port, "sign = true") + dkim)


class Relay:
    """What happens behind the peer: a mail to our bounce address comes back into the Maildir, perhaps signed."""

    def __init__(self, site, peer: smtp_peer.Peer, signature: str | None) -> None:
        self.new = site.root / "returns" / "new"
        self.new.mkdir(parents=True)
        self.peer, self.signature, self.slept = peer, signature, 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass: after three seconds all that was sent has come back."""
        self.slept += seconds
        if self.slept != 3 or self.signature is None:
            return
        (self.new / "other").write_bytes(b"Message-ID: <other@x>\n\nhello")
        for number, mail in enumerate(self.peer.mails):
            field = f"DKIM-Signature: {self.signature}\r\n" if self.signature else ""
            # A Maildir holds bare line feeds.
            (self.new / str(number)).write_bytes((field.encode() + mail.content).replace(b"\r\n", b"\n"))


@pytest.mark.parametrize(
    ("signature", "level", "words"),
    [
        (
            f"v=1; d=lists.example.org; h=From:{BOTH}; b=x",
            "good",
            "List-Unsubscribe and List-Unsubscribe-Post included",
        ),
        (f"v=1; d=example.org; h=From:\r\n {BOTH}; b=x", "good", "signed for example.org"),
        (
            "v=1; d=lists.example.org; h=From:List-Unsubscribe; b=x",
            "error",
            "not cover List-Unsubscribe-Post:",
        ),
        ("v=1; d=lists.example.org; h=From; b=x", "error", "List-Unsubscribe and List-Unsubscribe-Post"),
        (f"v=1; d=relay.example; h=From:{BOTH}; b=x", "error", "signed for relay.example only"),
        ("", "error", "does not sign"),
        (None, "warning", "did not come back within 60 s"),
    ],
)
def test_what_comes_back_is_judged(make_site, signature, level, words):
    """The copy in our own Maildir shows whether the relay signs for us, and whether both fields are covered."""
    with smtp_peer.running() as peer:
        site = make_site(toml=outgoing.relay_toml(peer.port))
        relay = Relay(site, peer, signature)
        found = selftest.send(site, BOUNCES, sleep=relay.sleep)

    assert [(one.level, one.rule) for one in found] == [(level, "dkim")]
    assert words in found[0].text
    head = peer.mails[0].content.partition(b"\r\n\r\n")[0]
    assert b"\r\nList-Unsubscribe:" in head and b"\r\nList-Unsubscribe-Post:" in head
    assert peer.violations == []


def test_without_pages_there_is_no_post_field_to_cover(make_site):
    """A site without base_url leaves by mail only: a signature over List-Unsubscribe is all there can be."""
    with smtp_peer.running() as peer:
        toml = outgoing.relay_toml(peer.port).replace('base_url = "http://127.0.0.1:8000"', "")
        site = make_site(toml=toml)
        relay = Relay(site, peer, "v=1; d=lists.example.org; h=From:List-Unsubscribe; b=x")
        found = selftest.send(site, BOUNCES, sleep=relay.sleep)

    assert [one.level for one in found] == ["good"]


def test_a_foreign_mailbox_is_told_how_to_look(make_site):
    """A mailbox that we cannot read gets a mail that explains itself; we do not wait for it."""
    with smtp_peer.running() as peer:
        site = make_site(toml=outgoing.relay_toml(peer.port))
        found = selftest.send(site, "ann@gmail.example", sleep=lambda seconds: pytest.fail("waited"))

    assert found[0].level == "good" and "Open it" in found[0].text
    assert b"DKIM-Signature" in peer.mails[0].content
    assert peer.mails[0].recipient == "ann@gmail.example"


def test_a_relay_that_refuses_the_test(make_site):
    """The relay's no is told, with its words."""
    with smtp_peer.running() as peer:
        site = make_site(toml=outgoing.relay_toml(peer.port))
        with pytest.raises(errors.RelayError, match="did not take the mail: 550"):
            selftest.send(site, "ann+rcpt-550@example.org")


def test_our_own_signature_goes_out_and_verifies(make_site, tmp_path, key):
    """With sign = true the mail that reaches the server carries our signature, good to the last byte, and passes the test."""
    with smtp_peer.running() as peer:
        site = signed_site(make_site, tmp_path, peer.port, key)
        relay = Relay(site, peer, "")
        found = selftest.send(site, BOUNCES, sleep=relay.sleep)
        record = signing.signer(site).record.encode()

    assert verifier.verify(peer.mails[0].content, dnsfunc=lambda *_, **__: record)
    assert [one.level for one in found] == ["good"]


def test_the_key_of_our_signature_is_checked(make_site, tmp_path, key):
    """check says when the key is weak, when the domain is not that of a list, and what to publish."""
    good = signed_site(make_site, tmp_path, 2525, key)
    record = signing.signer(good).record
    elsewhere = signed_site(make_site, tmp_path, 2525, key, "example.com")

    assert list(signing.judge(good, None)) == []
    assert [level for level, _ in signing.judge(elsewhere, None)] == ["error"]
    cases = {
        (record,): ("good", "that of our key"),
        (record.replace("p=", "p= "),): ("good", "that of our key"),
        (): ("error", f'Publish as TXT at s1._domainkey.lists.example.org: "{record}"'),
        ("v=DKIM1; p=AAAA",): ("error", "of another key"),
        None: ("warning", "DNS does not answer"),
    }
    for texts, (level, words) in cases.items():
        ((found, text),) = signing.judge(good, lambda name, kind, texts=texts: texts)
        assert found == level and words in text
    weak = signed_site(make_site, tmp_path, 2525, pem(1_024))
    assert "1024 bits" in next(iter(signing.judge(weak, None)))[1]


def test_a_weak_key_sends_nothing(make_site, tmp_path):
    """With a key that will not do, nothing goes out unsigned."""
    with smtp_peer.running() as peer:
        site = signed_site(make_site, tmp_path, peer.port, pem(1_024))
        relay = single.relay_of(site, None)
        with pytest.raises(errors.ConfigError, match="1024 bits"):
            single.hand_over(site, relay, "a@example.org", "b@example.org", b"From: a\r\n\r\nhello\r\n")

    assert peer.mails == []


@pytest.mark.parametrize(
    ("ours", "theirs", "aligned"),
    [
        ("example.org", "example.org", True),
        ("example.org", "lists.Example.org", True),
        ("lists.example.org", "example.org", True),
        ("ample.org", "example.org", False),
        ("example.com", "example.org", False),
    ],
)
def test_alignment(ours, theirs, aligned):
    """A signature speaks for its own domain, those below it and the one above."""
    assert signing.is_aligned(ours, theirs) is aligned


def test_the_command(make_site):
    """newsletter check --send-test sends the mail and shows what was found."""
    with smtp_peer.running() as peer:
        site = make_site(toml=outgoing.relay_toml(peer.port))
        words = ["--site", str(site.root), "check", "--send-test", "ann@example.net"]
        done = subprocess.run([sys.executable, "-m", "newsletter", *words], capture_output=True, text=True)
        quiet = subprocess.run(
            [sys.executable, "-m", "newsletter", "--json", *words], capture_output=True, text=True
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The relay took the test mail. Open it" in done.stdout
    assert "findings" in json.loads(quiet.stdout)
    assert peer.recipients == {"ann@example.net": 2}
