"""The command line: which commands there are, and how an error becomes one clear line and an exit code."""

import errno
import io
import sys

import click

import newsletter
from newsletter.cli import door
from newsletter.core import errors

_COMMANDS = {
    "demo": ("newsletter.cli.demo:demo", "See the whole story on this machine, with no mail leaving it."),
    "init": ("newsletter.cli.site:init", "Make a new site."),
    "check": (
        "newsletter.cli.check:check",
        "Check configuration, lists, templates and the relay; say what to do.",
    ),
    "list": ("newsletter.cli.lists:lists", "Make and show mailing lists."),
    "member": ("newsletter.cli.member:member", "Add, find, import, export and change members."),
    "meeting": ("newsletter.cli.meetings:meeting", "Fix meetings, see who comes."),
    "question": ("newsletter.cli.questions:question", "Ask the group one thing under a mail."),
    "new": ("newsletter.cli.edition:new", "Begin a recap, invitation, notice or letter."),
    "preview": ("newsletter.cli.edition:preview", "See an edition as its readers will."),
    "edition": ("newsletter.cli.amending:edition", "See how an edition stands; fill in links it promised."),
    "send": ("newsletter.cli.send:send", "Send an edition."),
    "outbox": ("newsletter.cli.outbox:outbox", "Watch, run, pause and mend what is being sent."),
    "receive": ("newsletter.cli.receive:receive", "Read what came back: bounces and the like."),
    "ledger": ("newsletter.cli.ledger:ledger", "Verify the consent ledger."),
    "key": ("newsletter.cli.key:key", "Renew the key that signs links."),
    "booth": ("newsletter.cli.booth:booth", "Win people at a booth: page, poster, paper sheet."),
    "desk": ("newsletter.cli.desk:desk", "See who is signed in at the organisers' desk."),
    "backup": ("newsletter.cli.backup:backup", "Write the whole site into one file."),
    "restore": ("newsletter.cli.backup:restore", "Restore a site; no withdrawal is lost by it."),
    "migrate": ("newsletter.cli.backup:migrate", "Bring the database up to this version."),
    "serve": ("newsletter.cli.serve:serve", "Serve the members' pages."),
}


@click.group(
    cls=door.Group,
    lazy=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Shell completion: eval "$(_NEWSLETTER_COMPLETE=bash_source newsletter)" (or zsh_source, fish_source).',
)
@click.version_option(newsletter.__version__, message="%(version)s")
def cli() -> None:
    """E-mail newsletters and mailing lists for local and professional groups.

    The chair writes a recap or an invitation in Markdown and sends it; members join, leave and answer by link.
    New here? Try: newsletter demo
    """


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code: 0 done, 1 refused or stopped, 2 wrong use or configuration."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that this terminal cannot show is no crash
    try:
        code = cli.main(arguments, prog_name="newsletter", standalone_mode=False)
    except errors.NewsletterError as problem:
        return _tell(problem)
    except click.exceptions.NoArgsIsHelpError as problem:
        problem.show()
        return problem.exit_code
    except click.UsageError as problem:
        return _tell(_wrong_use(problem))
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as problem:
        return _tell(_known(problem))
    return code if isinstance(code, int) else 0


def _wrong_use(problem: click.UsageError) -> errors.UsageError:
    """What click found wrong, in one line as all our errors are; the hint names the help."""
    text = problem.format_message().rstrip(".")
    text = text if text[1:2].isupper() else text[:1].lower() + text[1:]
    path = problem.ctx.command_path if problem.ctx else "newsletter"
    return errors.UsageError(text, f"How it is used: {path} --help")


def _known(problem: Exception) -> errors.NewsletterError:
    """Database and disk trouble in plain words; anything else is a fault of ours and keeps its traceback."""
    import sqlite3

    if isinstance(problem, sqlite3.Error):
        return errors.of_database(str(problem))
    if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
        return errors.StorageError("the disk is full", "Make room on the disk and run the command again.")
    if isinstance(problem, OSError) and problem.filename:
        return errors.StorageError(f"{problem.filename}: {problem.strerror}")
    raise problem


def _tell(problem: errors.NewsletterError) -> int:
    click.echo(f"newsletter: {problem.message}", err=True)
    if problem.hint:
        click.echo(f"  {problem.hint}", err=True)
    return problem.exit_code
