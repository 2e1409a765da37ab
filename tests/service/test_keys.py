"""Key rotation: new links by the new key, old links for ever, also in processes that were running before."""

import pytest

from newsletter import site as sites
from newsletter.core import errors, tokens
from newsletter.service import keys, signup
from tests import people
from tests.conftest import FixedClock
from tests.service.asking import SOUTH


def reopened(site: sites.Site, ticking: FixedClock) -> sites.Site:
    return sites.open_site(site.root, running=ticking)


def test_leave_links_live_through_three_rotations(site: sites.Site, ticking: FixedClock) -> None:
    """A link of the first year works after three new keys (T08, L13)."""
    member = people.add_member(site, "ada@example.org", SOUTH)
    old = site.tokens.make("leave", people.add_message(site, SOUTH), member)
    for expected in (2, 3, 4):
        assert keys.rotate(site).newest == expected

    later = reopened(site, ticking)
    try:
        assert later.tokens.newest == 4
        assert later.tokens.make("leave", 1, member) != old
        assert [place.slug for place in signup.leave(later, old, "one-click").left] == [SOUTH]
    finally:
        later.close()


def test_a_running_process_learns_of_the_new_key(site: sites.Site, ticking: FixedClock) -> None:
    """Pages that were open before the rotation honour links that were signed after it, without a restart."""
    keys.rotate(site)
    later = reopened(site, ticking)
    try:
        token = later.tokens.make("leave", 7, 9)
    finally:
        later.close()

    assert site.tokens.read("leave", token) == tokens.Token(2, 7, 9)


def test_suppressions_survive(site: sites.Site, ticking: FixedClock) -> None:
    """The key of keyed hashes is never changed, or every no would be forgotten."""
    before = site.tokens.address_mac("ada@example.org")
    keys.rotate(site)

    later = reopened(site, ticking)
    try:
        assert later.tokens.address_mac("ada@example.org") == before
    finally:
        later.close()


def test_the_file_stays_private_and_the_act_is_logged(site: sites.Site) -> None:
    """Mode 0600, and the log says who did it, not what the key is."""
    keys.rotate(site)

    file = site.root / "newsletter.key"
    secrets = [line.split()[2] for line in file.read_text().splitlines()]
    row = site.store.row("SELECT * FROM log")
    assert file.stat().st_mode & 0o777 == 0o600
    assert row is not None
    assert (row["by"], row["act"], row["about"]) == ("chair@example.org", "key rotate", "token key 2")
    assert not any(secret in "\n".join(people.dump(site)) for secret in secrets)


def test_there_are_255_keys_at_most(site: sites.Site) -> None:
    """A token names its key in one octet; beyond that is refused, and the file is as before."""
    file = site.root / sites.KEY_FILE
    known = sites.read_keys(file)
    sites.write_keys(file, (*known, tokens.Key(255, "token", b"x" * 32)))

    with pytest.raises(errors.RefusedError, match="255 keys"):
        keys.rotate(site)

    assert len(sites.read_keys(file)) == 3
