"""A send whose relay has sign = true: every mail on the wire carries our signature, good to the last byte."""

import dkim as verifier
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from newsletter.core import errors
from newsletter.service import queueing, signing
from tests.peers import smtp_peer
from tests.service import outgoing


def signing_site(make_site, tmp_path, port: int, bits: int = 2_048):
    """A site with members that signs what it sends."""
    key = rsa.generate_private_key(65_537, bits).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "dkim.pem").write_bytes(key)
    dkim = f'\n[dkim]\ndomain = "example.org"\nselector = "s1"\nkey_file = "{tmp_path / "dkim.pem"}"\n'
    return make_site(toml=outgoing.relay_toml(port, "sign = true") + dkim)


def test_every_mail_is_signed(make_site, tmp_path):
    """All mails verify, repeats after a lost answer have the same bytes, and a changed field breaks one."""
    people = [*outgoing.people(20), "ann+dot-lost-x1@example.org"]
    with smtp_peer.running() as peer:
        site = signing_site(make_site, tmp_path, peer.port)
        outgoing.fill(site, people)
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)
        with site.store.write():
            site.store.execute("UPDATE delivery SET due_at = ? WHERE state = 'unclear'", (site.clock.iso(),))
        outgoing.send(site)
        record = signing.signer(site).record.encode()

    mails = [mail.content for mail in peer.mails]
    assert len(peer.recipients) == 21 and len(mails) == 22
    assert all(verifier.verify(mail, dnsfunc=lambda *_, **__: record) for mail in mails)
    assert len({mail.content for mail in peer.mails if "dot-lost" in mail.recipient}) == 1
    changed = mails[0].replace(b"List-Unsubscribe-Post: List-", b"List-Unsubscribe-Post: Lost-")
    assert changed != mails[0]
    assert not verifier.verify(changed, dnsfunc=lambda *_, **__: record)
    assert peer.violations == []


def test_a_weak_key_stops_the_run_before_its_first_mail(make_site, tmp_path):
    """Nothing goes out unsigned, nobody is marked: the key is read first."""
    with smtp_peer.running() as peer:
        site = signing_site(make_site, tmp_path, peer.port, bits=1_024)
        outgoing.fill(site, outgoing.people(3))
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        with pytest.raises(errors.ConfigError, match="1024 bits"):
            outgoing.send(site)

    assert peer.connections == 0
    assert outgoing.numbers(site).due == 3
