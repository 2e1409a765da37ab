"""Short texts from outside that end in headers, tables and pages: names, titles, fields."""

import re
import unicodedata

from newsletter.core import errors

# C0 and C1 controls, line and paragraph separators, the marks that turn the reading direction (RFC 5322 2.2; Unicode
# TR 36), and halves of surrogate pairs (octets of a command line that are no UTF-8, which nothing could store): none of
# them belongs into a name, a subject or a title.
_MARKS = re.compile(r"([\\`*_\[\]<>{}])")
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
NAME_LIMIT = 200  # characters of a person's name
FIELD_LIMIT = 1_000  # characters of a field's value

SUBJECT_ROOM = 70  # characters of a subject that phones show

# Scripts that write the family name first and without a space: no first name can be cut out of them.
_FAMILY_FIRST = re.compile("[\u2e80-\u2fff\u3040-\u30ff\u3100-\u312f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def one_line(text: str, what: str, limit: int = FIELD_LIMIT) -> str:
    """Return `text` trimmed and in NFC; raise InputError when it cannot be one line of text."""
    text = text.strip()
    found = FORBIDDEN.search(text)
    if found:
        raise errors.InputError(
            f"{what} holds a control character (U+{ord(found[0]):04X})",
            "Remove line breaks and invisible characters.",
        )
    if len(text) > limit:
        raise errors.InputError(f"{what} is {len(text)} characters long, {limit} are allowed")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def cut(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters, cut after a word where it is longer."""
    if len(text) <= limit:
        return text
    short = text[: limit - 2]
    return (short if text[limit - 2] == " " else short.rpartition(" ")[0] or short).rstrip(" ,;:.-") + " …"


def first_name(name: str) -> str:
    """Cut the first name out of a full name: what stands after the comma, else the first word.

    Empty for names in Chinese, Japanese or Korean script, and where no letter begins it.
    """
    name = name.strip()
    if _FAMILY_FIRST.search(name):
        return ""
    _, comma, after = name.partition(",")
    words = (after if comma else name).split()
    word = words[0] if words else ""
    return word if word[:1].isalpha() else ""


def folded(text: str) -> str:
    """A text as a search compares it: without capitals and accents, so that 'muller' finds 'MÜLLER'."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def as_markdown(text: str) -> str:
    """A fact as Markdown that shows it as it is, in a draft whose rest its writer may mark up."""
    return _MARKS.sub(r"\\\1", text)


def slug_problem(slug: str) -> str:
    """Say what is wrong with a slug, or nothing: it names folders, files and addresses."""
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", slug):
        return "a slug has 1 to 63 small letters, digits and hyphens, with a letter or digit at both ends"
    return ""


def slugify(text: str) -> str:
    """Make a slug out of a title: 'Meeting 1: a small room' gives 'meeting-1-a-small-room'."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "untitled"
