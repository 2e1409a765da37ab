"""The columns of foreign files are guessed from their names, or from what they hold."""

import hypothesis
import pytest
from hypothesis import strategies as some

from newsletter.core import columns, errors

MAILCHIMP = "Email Address,First Name,Last Name,Address,Phone Number,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LEID,NOTES"
OUTLOOK = "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,E-mail 2 Type,E-mail 3 Address"
GOOGLE = "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Organization 1 - Name"
EVENTBRITE = "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee #,Attendee Status"
MEETUP = "Name,User ID,Title,RSVP,Guests,Email,Joined Group on,URL of Member Profile,Company"
LISTMONK = "uuid,email,name,attributes,status,created_at,updated_at"
LINKEDIN = "First Name,Last Name,URL,Email Address,Company,Position,Connected On"
OWN = "email,name,first_name,state,since,until,basis,source,company"
GROUPS = "Email address,Nickname,Group status,Email status,Email preference,Join year"


def guess(header: str) -> dict[str, str]:
    """What each used column is, by a header alone."""
    names = header.split(",")
    found = columns.guess([names], ("company",))
    return dict(found.used())


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (MAILCHIMP, {"e-mail": "Email Address", "first name": "First Name", "family name": "Last Name"}),
        (OUTLOOK, {"e-mail": "E-mail Address", "first name": "First Name", "family name": "Last Name",
                   "field company": "Company"}),
        (GOOGLE, {"e-mail": "E-mail 1 - Value", "name": "Name", "first name": "Given Name",
                  "field company": "Organization 1 - Name"}),
        (EVENTBRITE, {"e-mail": "Email", "first name": "First Name", "family name": "Last Name"}),
        (MEETUP, {"e-mail": "Email", "name": "Name", "field company": "Company"}),
        (LISTMONK, {"e-mail": "email", "name": "name", "attributes": "attributes", "status": "status"}),
        (LINKEDIN, {"e-mail": "Email Address", "first name": "First Name", "family name": "Last Name"}),
        (OWN, {"e-mail": "email", "name": "name", "first name": "first_name", "status": "state"}),
        (GROUPS, {"e-mail": "Email address", "name": "Nickname"}),
        ("E-Mail,Vorname,Nachname,Firma",
         {"e-mail": "E-Mail", "first name": "Vorname", "family name": "Nachname", "field company": "Firma"}),
        ("Prénom,Nom,Adresse e-mail,Société",
         {"e-mail": "Adresse e-mail", "first name": "Prénom", "family name": "Nom", "field company": "Société"}),
        ("Nom,Courriel", {"e-mail": "Courriel", "name": "Nom"}),
        ("EMAIL;", {"e-mail": "EMAIL;"}),
    ],
)  # fmt: skip
def test_known_programs_columns_are_found(header: str, expected: dict[str, str]) -> None:
    """The column names of the programs that people come from are known."""
    found = guess(header)

    assert expected == {what: found.get(what) for what in expected}


def test_opt_in_times_are_found_with_the_confirmation_first() -> None:
    """Mailchimp's time of the double opt-in is better proof than that of the form."""
    found = columns.guess([MAILCHIMP.split(",")], ())

    assert [MAILCHIMP.split(",")[index] for index in found.opted_in] == ["CONFIRM_TIME", "OPTIN_TIME"]


def test_lines_above_the_header_are_skipped() -> None:
    """Google Groups writes a title line above its header."""
    rows = [
        ["Members for group-name"],
        GROUPS.split(","),
        ["ann@example.org", "Ann", "member", "OK", "", "2012"],
    ]

    assert columns.guess(rows, ()).header == 2


def test_a_file_without_header_is_read_by_what_it_holds() -> None:
    """The column with addresses is the address; the only other column of words is the name."""
    found = columns.guess([["17", "Ann Lee", "ann@example.org"], ["18", "Bob", "bob@example.org"]], ())

    assert (found.header, found.email, found.name) == (0, 2, 1)


def test_two_columns_of_words_are_first_and_family_name() -> None:
    """Without header, two neighbouring columns of words beside the address are first and family name."""
    found = columns.guess([["Ann", "Lee", "ann@example.org"], ["Bob", "Hart", "bob@example.org"]], ())

    assert (found.name, found.given, found.family) == (None, 0, 1)


def test_an_address_column_of_unknown_name_is_found_by_its_cells() -> None:
    """A column named 'Kontakt' full of addresses is the address column."""
    found = columns.guess([["Kontakt", "Ort"], ["ann@example.org", "Bern"], ["bob@example.org", "Biel"]], ())

    assert (found.header, found.email) == (1, 0)
    assert found.unused() == ["Ort"]


def test_a_file_without_addresses_is_refused() -> None:
    """The error names the columns there are."""
    with pytest.raises(errors.InputError, match=r"no column holds e-mail addresses \(columns: name, town\)"):
        columns.guess([["name", "town"], ["Ann", "Bern"]], ())


def test_too_many_columns_are_refused() -> None:
    """65 columns are no address file."""
    with pytest.raises(errors.InputError, match="65 columns, 64 are allowed"):
        columns.guess([["email", *(f"c{number}" for number in range(64))]], ())


def test_the_wide_contact_exports_are_allowed() -> None:
    """Outlook writes 92 columns; it is known by its names."""
    names = OUTLOOK.split(",")
    names += [f"User {number}" for number in range(92 - len(names))]

    assert columns.guess([names], ()).email == 8


@pytest.mark.parametrize(
    "status", ["Unsubscribed", "BLOCKLISTED", "opt-out", "cleaned", "Not Attending", "objected"]
)
def test_statuses_of_those_who_left_are_known(status: str) -> None:
    """Whoever left an old system is told by its status."""
    assert columns.gone(status)
    assert not columns.unsure(status)


@pytest.mark.parametrize(
    "status", ["", "OK", "enabled", "member", "subscribed", "confirmed", "attested", "Attending"]
)
def test_statuses_of_members_are_neither_gone_nor_unsure(status: str) -> None:
    """An ordinary status changes nothing."""
    assert not columns.gone(status)
    assert not columns.unsure(status)


@hypothesis.given(some.lists(some.lists(some.text(max_size=12), max_size=70), max_size=12))
def test_any_rows_give_a_guess_or_a_reason(rows: list[list[str]]) -> None:
    """Whatever a file holds, guessing ends with columns inside the row or with an InputError."""
    try:
        found = columns.guess(rows, ("company",))
    except errors.InputError:
        return

    assert 0 <= found.email < found.width <= columns.CONTACTS_LIMIT
    assert all(index < found.width for _, index in found.fields)
    assert len(found.used()) + len(found.unused()) >= found.width
