"""What can go wrong, named by what it means for the person at the door.

Every message says what happened and to what; `hint` says what to do now. The doors translate:
the command line to an exit code, the pages to a status.
"""


class NewsletterError(Exception):
    """Base of all our errors. `exit_code` is what the command line ends with."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(NewsletterError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class ConfigError(UsageError):
    """newsletter.toml, a list.toml or the site folder is not as it must be."""


class RefusedError(NewsletterError):
    """A rule forbids what was asked (gate, lint, state, consent)."""


class NotFoundError(RefusedError):
    """There is no such member, list, edition, meeting or batch."""


class ExpiredError(RefusedError):
    """A link was one of ours, and its time is over."""


class InputError(NewsletterError):
    """A file or form from outside cannot be read as what it claims to be."""


class EditionError(InputError):
    """An edition's front matter, Markdown or pictures are not as they must be."""


class StorageError(NewsletterError):
    """The database cannot be read or written: locked, full, damaged, of another version."""


class RelayError(NewsletterError):
    """The SMTP relay is down, refuses us, or is not what the configuration says."""


class MailRefusedError(RelayError):
    """One mail was refused for good, or may have arrived without an answer: another try makes nothing better."""


class PausedError(NewsletterError):
    """A run stopped before its end; what is due stays due."""


def of_database(text: str) -> StorageError:
    """Say in plain words what a message of SQLite means for the person."""
    for part, message, hint in _DATABASE:
        if part in text:
            return StorageError(message, hint)
    return StorageError(f"the database answered: {text}", "Nothing was changed. See: newsletter check")


_DATABASE = (
    ("locked", "the database is in use by another program and did not come free", "Close it and try again."),
    ("busy", "the database is in use by another program and did not come free", "Close it and try again."),
    ("full", "the disk is full, nothing was changed", "Make room on the disk and run the command again."),
    ("readonly", "the database cannot be written", "Check owner and rights of newsletter.db and its folder."),
    (
        "unable to open",
        "the database cannot be opened",
        "Check owner and rights of newsletter.db and its folder.",
    ),
    ("malformed", "the database is damaged", "Restore the last backup: newsletter restore FILE"),
    ("not a database", "newsletter.db is no database", "Restore the last backup: newsletter restore FILE"),
    ("disk I/O", "the disk could not be read or written", "Check the disk, then run the command again."),
)
