"""Guess what the columns of a foreign address file hold, from their names and from a sample of their values.

The names are those that Mailchimp, Meetup, Eventbrite, Google Groups, Outlook, Google Contacts, listmonk, LinkedIn and
our own export write, in English, German and French. A guess is shown before anything is written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.core import errors

LIMIT = 64  # columns of an ordinary file
CONTACTS_LIMIT = 128  # columns of the contact exports of Outlook (92) and Google, known by their own names
PREAMBLE = 10  # rows that may stand above the header (Google Groups and LinkedIn write some)

# Best first: a file with two of them means the earlier one.
_EMAIL = (
    "email emailaddress emailadresse mailadresse mail adressemail adresseemail adressedemessagerie courriel emails "
    "attendeeemail memberemail contactemail primaryemail email1value email1address emailaddress1 workemail buyeremail "
    "address adresse"
).split()
_NAME = "name fullname displayname membername attendeename nickname vollstandigername nomcomplet emaildisplayname".split()
_GIVEN = "firstname givenname forename vorname prenom fname attendeefirstname".split()
_FAMILY = "lastname surname familyname nachname familienname nomdefamille nom lname attendeelastname".split()
# The time of the double opt-in is the better proof, so it stands first.
_OPTED_IN = "confirmtime optintime doubleoptintime optindate subscribedon consentdate".split()
_STATUS = (
    "state status subscriptionstatus groupstatus emailstatus memberstatus substatus attendeestatus".split()
)
# When or why somebody left an old system: whoever has a value here is not to be written to.
_LEFT_AT = (
    "unsubtime unsubreason cleantime unsubscribetime unsubscribedat unsubscribedate unsubscribedon optouttime "
    "optoutdate leftat"
).split()
_ATTRIBUTES = ("attributes",)
# Our own export's columns that an import only reads over.
_READ_OVER = frozenset("since until basis source".split())
_SYNONYMS = {
    "company": ("organisation", "organization", "firma", "entreprise", "societe", "employer", "organization1name",
                "organizationname", "companyname"),
    "job": ("title", "jobtitle", "position", "funktion", "organization1title", "organizationtitle"),
    "phone": ("phonenumber", "telephone", "telefon", "mobile", "mobilephone", "phone1value"),
    "city": ("town", "ort", "stadt", "ville", "homecity"),
}  # fmt: skip

_KNOWN = frozenset(
    (*_EMAIL, *_NAME, *_GIVEN, *_FAMILY, *_OPTED_IN, *_STATUS, *_LEFT_AT, *_ATTRIBUTES, *_READ_OVER)
)

# States and statuses of old systems that mean: this person is not to be written to.
_GONE = frozenset(
    "unsubscribed objected left cleaned bounced bouncing blocklisted blacklisted blocked banned complained complaint "
    "abuse spam optedout optout removed deleted disabled inactive erased notattending".split()
)
# States that promise less than a subscription: such a person comes in held at most.
_UNSURE = frozenset(
    "requested held lapsed pending unconfirmed invited waiting nonsubscribed transactional".split()
)

_ADDRESS_LIKE = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,253}").fullmatch


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row what stands (counted from 0), and how wide a row is.

    `given` is the first name of its own column. `fields` pairs the list's own fields with their columns, by name.
    `header` is the number of rows up to and with the header (0: there is none); `names` are the columns' names.
    """

    email: int
    width: int
    header: int = 0
    names: tuple[str, ...] = ()
    name: int | None = None
    given: int | None = None
    family: int | None = None
    opted_in: tuple[int, ...] = ()
    status: tuple[int, ...] = ()
    left_at: tuple[int, ...] = ()
    attributes: int | None = None
    fields: tuple[tuple[str, int], ...] = ()

    def used(self) -> list[tuple[str, str]]:
        """(what it is, the column's name) for each column that is read, for people."""
        pairs = [
            ("e-mail", self.email),
            ("name", self.name),
            ("first name", self.given),
            ("family name", self.family),
        ]
        pairs += [("opted in", index) for index in self.opted_in]
        pairs += [("status", index) for index in self.status]
        pairs += [("left", index) for index in self.left_at]
        pairs += [("attributes", self.attributes), *(("field " + name, index) for name, index in self.fields)]
        return [(what, self._called(index)) for what, index in pairs if index is not None]

    def unused(self) -> list[str]:
        """The names of the columns that are not read."""
        named = {self.email, self.name, self.given, self.family, self.attributes}
        known = named | {*self.opted_in, *self.status, *self.left_at} | {index for _, index in self.fields}
        return [self._called(index) for index in range(self.width) if index not in known]

    def _called(self, index: int) -> str:
        name = self.names[index].strip()[:40] if index < len(self.names) else ""
        return "".join(c for c in name if c.isprintable()) or f"column {index + 1}"


def guess(rows: Sequence[Sequence[str]], fields: Sequence[str]) -> Columns:
    """Guess the columns from a file's first rows. Raises InputError when no column holds e-mail addresses."""
    header = header_row(rows)
    names = tuple(rows[header - 1]) if header else ()
    body = [row for row in rows[header:] if any(cell.strip() for cell in row)]
    width = len(names) if header else _usual_width(body)
    if width > limit(names):
        raise errors.InputError(
            f"the file has {width:,} columns, {LIMIT} are allowed",
            "Keep the columns for e-mail address, name and the list's fields, and delete the others.",
        )
    keys = [key(name) for name in names]
    email = _email_column(keys, body, width)
    if email is None:
        shown = ", ".join(name.strip()[:30] for name in names[:12]) or "without names"
        raise errors.InputError(
            f"no column holds e-mail addresses (columns: {shown})",
            "Name the column with the addresses 'email'.",
        )
    if not header:
        return _by_content(email, body, width)
    return _by_name(email, keys, names, header, fields)


def limit(names: Sequence[str]) -> int:
    """How many columns a file may have: more only for the contact exports that have so many by themselves."""
    keys = {key(name) for name in names[:CONTACTS_LIMIT]}
    contacts = {"email2address", "email3address"} <= keys or bool({"email1value", "email1type"} & keys)
    return CONTACTS_LIMIT if contacts else LIMIT


def key(name: str) -> str:
    """What two spellings of a column name have in common: small letters and digits without accents."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "", plain)


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """The number of rows up to and with the header; 0 when the file starts with people."""
    for number, row in enumerate(rows[:PREAMBLE], 1):
        if any("@" in cell for cell in row):
            break
        if any(key(cell) in _EMAIL[:-2] for cell in row):
            return number
    first = rows[0] if rows else ()
    return 0 if not first or any("@" in cell for cell in first) else 1


def known_names(row: Sequence[str]) -> int:
    """Count a row's cells that are names of columns we know; 0 when it holds an address and so is no header."""
    if any("@" in cell for cell in row):
        return 0
    return sum(key(cell) in _KNOWN for cell in row[:CONTACTS_LIMIT])


def is_address_like(cell: str) -> bool:
    """Tell whether a cell looks like an address: good enough to know a column by."""
    return len(cell) < 330 and _ADDRESS_LIKE(cell.strip()) is not None


def gone(status: str) -> bool:
    """Tell whether an old system's status says that this person is not to be written to."""
    return key(status) in _GONE


def unsure(status: str) -> bool:
    """Tell whether an old system's status promises less than a subscription."""
    return key(status) in _UNSURE


def _usual_width(body: Sequence[Sequence[str]]) -> int:
    widths = [len(row) for row in body]
    return max(widths, key=widths.count) if widths else 0


def _email_column(keys: list[str], body: Sequence[Sequence[str]], width: int) -> int | None:
    """The column of that name, else the one whose cells look like addresses in most rows."""
    counts = [sum("@" in row[index] for row in body if index < len(row)) for index in range(width)]
    named = [keys.index(name) for name in _EMAIL if name in keys]
    for index in named:
        if counts[index] or (not body and keys[index] in _EMAIL[:-2]):
            return index
    fullest = max(range(width), key=counts.__getitem__, default=None)
    if fullest is not None and counts[fullest] * 2 > len(body):
        return fullest
    # A named column without one address is still that column: its rows are listed as bad.
    return next((index for index in named if keys[index] in _EMAIL[:-2]), None)


def _by_name(
    email: int, keys: list[str], names: tuple[str, ...], header: int, fields: Sequence[str]
) -> Columns:
    free = [name if index != email else "" for index, name in enumerate(keys)]
    family = _first(free, _FAMILY)
    full = _first(free, _NAME)
    given = _first(free, _GIVEN)
    # In French files "Nom" beside "Prénom" is the family name; alone it is the whole name.
    if family is not None and given is None and full is None and free[family] == "nom":
        full, family = family, None
    return Columns(
        email=email, width=len(names), header=header, names=names, name=full, given=given, family=family,
        opted_in=tuple(free.index(name) for name in _OPTED_IN if name in free),
        status=tuple(free.index(name) for name in _STATUS if name in free and name not in fields),
        left_at=tuple(free.index(name) for name in _LEFT_AT if name in free),
        attributes=_first(free, _ATTRIBUTES),
        fields=_fields(free, fields),
    )  # fmt: skip


def _first(keys: list[str], wanted: Sequence[str]) -> int | None:
    return next((keys.index(name) for name in wanted if name in keys), None)


def _fields(keys: list[str], fields: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Pair each field of the list with the column of its name, or of a word that means the same."""
    found = []
    for name in sorted(fields):
        index = _first(keys, (key(name), *_SYNONYMS.get(name, ())))
        if index is not None and keys[index] not in _READ_OVER:
            found.append((name, index))
    return tuple(found)


def _by_content(email: int, body: Sequence[Sequence[str]], width: int) -> Columns:
    """Without a header: one other column of words is the name; two side by side are first and family name."""
    words = [index for index in range(width) if index != email and _holds_names(index, body)]
    if len(words) == 1:
        return Columns(email=email, width=width, name=words[0])
    if len(words) == 2 and width <= 3 and words[1] == words[0] + 1:
        return Columns(email=email, width=width, given=words[0], family=words[1])
    return Columns(email=email, width=width)


def _holds_names(index: int, body: Sequence[Sequence[str]]) -> bool:
    cells = [row[index].strip() for row in body if index < len(row) and row[index].strip()]
    return bool(cells) and all(
        any(c.isalpha() for c in cell) and not any(c.isdigit() or c == "@" for c in cell) for cell in cells
    )
