"""Complaints: off all lists at once, proved in the ledger, not undone by an import, and without one more mail."""

from datetime import date

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import consent, list_reports, members, returns
from tests.conftest import NEWSLETTER_TOML
from tests.service import inbound


@pytest.fixture
def two(make_site) -> sites.Site:
    """A site with two lists."""
    opened: sites.Site = make_site("futures", "south-hants-it")
    return opened


def states(site: sites.Site, address: str = "ada@example.org") -> dict[str, str]:
    return {one["list"]: one["state"] for one in members.show(site, address)["subscriptions"]}


@pytest.mark.parametrize("field", ["Message-ID", "Return-Path", "List-Unsubscribe", "CFBL-Feedback-ID"])
def test_whichever_token_survives_decides(two: sites.Site, field: str) -> None:
    """B2, C3, C4: recipient redacted, one field left: the member is off all lists at once."""
    member, message = inbound.member_with_mail(two, "ada@example.org", "futures", "south-hants-it")
    token = inbound.token(two, "return", message, member)
    value = {
        "Message-ID": f"<{token}@lists.example.org>",
        "Return-Path": f"<bounces+b{token}@lists.example.org>",
        "List-Unsubscribe": f"<http://127.0.0.1:8000/leave/{inbound.token(two, 'leave', message, member)}>",
        "CFBL-Feedback-ID": f"{token[:20]}\r\n {token[20:]}",
    }[field]

    taken = returns.take(two, inbound.complaint(f"{field}: {value}"))

    assert (taken.kind, taken.left) == ("complaint", False), taken
    assert states(two) == {"futures": "objected", "south-hants-it": "objected"}
    assert members.show(two, "ada@example.org")["suppressed"] == ["marketing"]


def test_the_ledger_proves_it_and_no_mail_goes(two: sites.Site) -> None:
    """C4: one event a list by actor report; no goodbye, no sorry; the chain holds; a second report adds nothing."""
    member, message = inbound.member_with_mail(two, "ada@example.org", "futures", "south-hants-it")
    field = f"Message-ID: <{inbound.token(two, 'return', message, member)}@lists.example.org>"
    deliveries = two.store.value("SELECT count(*) FROM delivery")

    returns.take(two, inbound.complaint(field))
    events = two.store.value("SELECT count(*) FROM consent")
    returns.take(two, inbound.complaint(field, fields=("X-Again: yes",)))

    rows = two.store.rows("SELECT step, actor FROM consent ORDER BY seq DESC LIMIT 2")
    assert [(row["step"], row["actor"]) for row in rows] == [("objected", "report")] * 2
    assert two.store.value("SELECT count(*) FROM consent") == events
    assert two.store.value("SELECT count(*) FROM delivery") == deliveries
    assert consent.verify(two).ok


def test_an_import_does_not_undo_it(two: sites.Site) -> None:
    """C4: adding the person by hand, with fresh paper consent, is refused: only they can come back."""
    member, message = inbound.member_with_mail(two, "ada@example.org", "futures")
    returns.take(
        two,
        inbound.complaint(f"Message-ID: <{inbound.token(two, 'return', message, member)}@lists.example.org>"),
    )
    basis = members.Basis("consent", "paper sheet", date(2018, 6, 28), statement="the chair")

    with pytest.raises(errors.RefusedError, match="suppressed"):
        members.add(two, "ada@example.org", "south-hants-it", basis)


@pytest.mark.parametrize("forged", ["none", "other purpose", "never sent"])
def test_a_forged_complaint_changes_nothing_and_is_shown(two: sites.Site, forged: str) -> None:
    """B8, RFC 9477 5: without a token of ours it stays for a person, warns the chairs and hints in the report."""
    member, message = inbound.member_with_mail(two, "ada@example.org", "futures")
    text = {
        "none": "x",
        "other purpose": inbound.token(two, "undo", message, member),
        "never sent": inbound.token(two, "return", 99, member),
    }[forged]

    taken = returns.take(
        two, inbound.complaint("To: ada@example.org", f"Message-ID: <{text}@lists.example.org>")
    )

    assert taken.left and "without a token of ours" in taken.done
    assert states(two) == {"futures": "attested"}
    assert list_reports.of_list(two, "futures").told()["hints"] == 1
    assert two.store.value("SELECT count(*) FROM log WHERE act = 'alert' AND about = 'complaint'") == 1


def test_another_s_token_objects_for_its_owner_only(two: sites.Site) -> None:
    """The token decides, not the address that the report names."""
    member, message = inbound.member_with_mail(two, "ada@example.org", "futures")
    inbound.member_with_mail(two, "ben@example.org", "futures")
    token = inbound.token(two, "return", message, member)

    returns.take(two, inbound.complaint("To: ben@example.org", f"Message-ID: <{token}@lists.example.org>"))

    assert (states(two), states(two, "ben@example.org")) == ({"futures": "objected"}, {"futures": "attested"})


@pytest.mark.parametrize(
    ("field", "state"),
    [
        ("mx.lists.example.org; dkim=fail header.d=mail.example.net", "attested"),
        ("mx.lists.example.org; dkim=none; spf=pass smtp.mailfrom=example.net", "attested"),
        ("mx.lists.example.org; dkim=pass header.d=forger.example", "attested"),
        ("mx.lists.example.org; spf=pass; dkim=pass (2048-bit key) header.d=example.net", "objected"),
        ("mx.lists.example.org; spf=pass smtp.mailfrom=example.net", "objected"),
        ("mx.of-a-stranger.example; dkim=fail header.d=example.net", "objected"),
    ],
)
def test_a_report_that_its_own_domain_has_not_signed_is_not_acted_on(
    two: sites.Site, field: str, state: str
) -> None:
    """C9: our own host says by whom it is signed; where it does not say, and whatever others say, the token decides."""
    member, message = inbound.member_with_mail(two, "ada@example.org", "futures")
    token = inbound.token(two, "return", message, member)
    fields = (f"Authentication-Results: {field}",)

    taken = returns.take(two, inbound.complaint(f"Message-ID: <{token}@x>", fields=fields))

    assert states(two) == {"futures": state}
    assert taken.left == (state == "attested")
    if taken.left:
        assert "has not signed" in taken.done
        assert two.store.value("SELECT count(*) FROM log WHERE act = 'alert' AND about = 'complaint'") == 1


def test_a_named_host_has_to_have_seen_the_signature(make_site) -> None:
    """C9: with [receive] authserv_id a report is acted on only when that very host calls it signed."""
    toml = NEWSLETTER_TOML.replace("[receive]", '[receive]\nauthserv_id = "mx.example.com"')
    opened = make_site("futures", toml=toml)
    member, message = inbound.member_with_mail(opened, "ada@example.org", "futures")
    returned = f"Message-ID: <{inbound.token(opened, 'return', message, member)}@x>"

    for value in ("mx.example.org; dkim=pass header.d=mail.example.net", ""):
        fields = (f"Authentication-Results: {value}",) if value else ()
        assert returns.take(opened, inbound.complaint(returned, fields=fields)).left
    assert states(opened) == {"futures": "attested"}
    fields = ("Authentication-Results: mx.example.com 1; dkim=pass header.i=@mail.example.net",)
    assert not returns.take(opened, inbound.complaint(returned, fields=fields)).left

    assert states(opened) == {"futures": "objected"}


@pytest.mark.parametrize("sort", ["not-spam", "auth-failure", "dmarc"])
def test_other_reports_are_no_complaints(two: sites.Site, sort: str) -> None:
    """C2: they say the opposite, or speak of our own set-up."""
    member, message = inbound.member_with_mail(two, "ada@example.org", "futures")
    token = inbound.token(two, "return", message, member)

    returns.take(two, inbound.complaint(f"Message-ID: <{token}@x>", sort=sort))

    assert states(two) == {"futures": "attested"}


def test_a_flood_of_forged_complaints_is_bounded(two: sites.Site) -> None:
    """Strangers cannot fill the log."""
    for number in range(150):
        returns.take(two, inbound.complaint(fields=(f"X-Number: {number}",)))

    assert two.store.value("SELECT count(*) FROM log") <= 220
