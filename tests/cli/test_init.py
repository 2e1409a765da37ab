"""newsletter init and list new: by options, and by questions at a terminal."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsletter import config

OPTIONS = ["--name", "South Hants IT group", "--contact", "chair@example.org", "--time-zone", "Europe/London", "--smtp-host", "smtp.example.org"]  # fmt: skip


def test_a_site_by_options(tmp_path: Path, call) -> None:
    """All answers given: no question, the next steps on stdout."""
    said = call("init", tmp_path / "site", *OPTIONS, "--country", "GB", "--chair", "Ada")

    assert (said.code, said.err) == (0, "")
    assert "newsletter list new SLUG" in said.out
    assert config.load(tmp_path / "site").organisers[0].name == "Ada"


def test_a_site_by_options_as_json(tmp_path: Path, call) -> None:
    """One object."""
    said = call("--json", "init", tmp_path / "site", *OPTIONS)

    assert said.json == {"site": str(tmp_path / "site"), "made": ["newsletter.toml", "lists", "templates"]}


def test_without_a_terminal_nothing_is_asked(tmp_path: Path, call) -> None:
    """What is needed is named as options; nothing is made."""
    said = call("init", tmp_path / "site", "--name", "Group")

    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "newsletter: these are needed: --contact, --time-zone, --smtp-host",
        "  Give them as options, or run at a terminal.",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_password_needs_a_terminal_or_the_environment(tmp_path: Path, call, monkeypatch) -> None:
    """A password is no option: others on the machine would see it."""
    said = call("init", tmp_path / "site", *OPTIONS, "--smtp-username", "us")
    assert said.code == 2
    assert "set NEWSLETTER_SMTP_PASSWORD" in said.err
    assert list(tmp_path.iterdir()) == []

    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", "s3cret")
    assert call("init", tmp_path / "site", *OPTIONS, "--smtp-username", "us").code == 0


def test_a_second_init_is_refused(tmp_path: Path, call) -> None:
    """One line, a hint, exit code 1."""
    call("init", tmp_path / "site", *OPTIONS)

    said = call("init", tmp_path / "site", *OPTIONS)

    assert said.code == 1
    assert said.err.splitlines() == [
        f"newsletter: {tmp_path / 'site'} holds a site already",
        "  Change it with an editor, then: newsletter check",
    ]


@pytest.mark.parametrize(
    ("host", "port", "security"),
    [
        ("smtp.example.org", "587", "starttls"),
        ("smtp.example.org", "465", "tls"),
        ("127.0.0.1", "25", "none"),
    ],
)
def test_the_security_that_a_relay_usually_has(tmp_path: Path, call, host, port, security) -> None:
    """It follows from host and port, where nobody says otherwise."""
    call("init", tmp_path / "site", *OPTIONS, "--smtp-host", host, "--smtp-port", port)

    assert config.load(tmp_path / "site").relays[0].security == security


def test_a_list_with_defaults(folder: Path, call) -> None:
    """Without a terminal what was not given is taken from the site; the wording is shown to be read."""
    said = call("--site", folder, "list", "new", "second", "--title", "The second")

    assert (said.code, said.err) == (0, "")
    made = config.load(folder).lists["second"]
    assert (made.title, made.from_name, made.from_address) == (
        "The second",
        "South Hants IT group",
        "chair@example.org",
    )
    assert made.wording in said.out
    assert "newsletter member import FILE --list second" in said.out


def test_a_list_as_json(folder: Path, call) -> None:
    """File and wording."""
    said = call("--site", folder, "--json", "list", "new", "second").json

    assert set(said) == {"list", "file", "wording"}
    assert Path(said["file"]).is_file()


def test_a_list_in_another_language(folder: Path, call) -> None:
    """What nobody gave is made in the list's own language, also what people agree to."""
    call("--site", folder, "list", "new", "brief", "--title", "Vereinsbrief", "--language", "de")

    made = config.load(folder).lists["brief"]
    assert made.site.language == "de"
    assert made.wording.startswith(
        "Ja, South Hants IT group darf mir Vereinsbrief per E-Mail schicken: Rückblicke"
    )


class Terminal:
    """The command at a pseudo-terminal, with somebody who types."""

    def __init__(self, *words: str) -> None:
        self.master, slave = os.openpty()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLETTER")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsletter", *words],
            preexec_fn=lambda: os.login_tty(slave),
            env=environment,
            pass_fds=[slave],
        )
        os.close(slave)
        self.shown = ""

    def until(self, text: str) -> None:
        """Read until a text is on the screen."""
        end = time.monotonic() + 30
        while text not in self.shown:
            assert time.monotonic() < end, self.shown
            self.shown += self._some() or f"[ended without {text!r}]{text}"
        assert "[ended" not in self.shown, self.shown

    def type(self, question: str, answer: str) -> None:
        self.until(question)
        self.shown = self.shown.partition(question)[2]
        os.write(self.master, answer.encode() + b"\n")

    def end(self, press: str = "") -> int:
        """Read to the end, pressing a key each two seconds meanwhile; return the exit code."""
        end, again = time.monotonic() + 30, 0.0
        while time.monotonic() < end:
            if press and time.monotonic() > again:
                os.write(self.master, press.encode())
                again = time.monotonic() + 2
            if select.select([self.master], [], [], 0.1)[0]:
                more = self._some()
                if not more:
                    break
                self.shown += more
        else:
            self.process.kill()
        os.close(self.master)
        return self.process.wait(30)

    def _some(self) -> str:
        try:
            return os.read(self.master, 4096).decode()
        except OSError:  # the other side is closed
            return ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_site_by_questions(tmp_path: Path) -> None:
    """Each question in turn, until its answer is sound; what was given as an option is not asked; the password does not
    show."""
    terminal = Terminal("init", str(tmp_path / "site"), "--name", "South Hants IT group")

    terminal.type("An e-mail address", "chair")
    terminal.type("must have an @-sign", "")
    terminal.type("An e-mail address", "chair@example.org")
    terminal.type("The chair's name", "Ada Chair")
    terminal.type("Time zone", "London")
    terminal.type("which is no time zone", "Europe/London")
    terminal.type("Country", "United Kingdom")
    terminal.type("two capital letters", "gb")
    terminal.type("Language", "en")
    terminal.type("Postal address", "PO Box 1, Southampton")
    terminal.type("host name", "https://smtp.example.org")
    terminal.type("without scheme", "smtp.example.org")
    terminal.type("port", "465")
    terminal.type("user name", "us")
    terminal.type("Relay password", "s3cret")
    code = terminal.end()

    assert code == 0, terminal.shown
    assert "s3cret" not in terminal.shown
    conf = config.load(tmp_path / "site")
    assert (conf.site.name, conf.site.postal_address, conf.site.country) == (
        "South Hants IT group",
        "PO Box 1, Southampton",
        "GB",
    )
    assert (conf.relays[0].port, conf.relays[0].security) == (465, "tls")
    assert conf.organisers[0].name == "Ada Chair"
    assert conf.relays[0].password is not None and conf.relays[0].password.value == "s3cret"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_list_by_questions(folder: Path) -> None:
    """Enter takes the default that the question shows."""
    terminal = Terminal("--site", str(folder), "list", "new", "second")

    terminal.type("Title, as members read it", "The second")
    terminal.type("From, as Name <address>", "")
    terminal.type("What is it for", "Invitations to our evenings")
    code = terminal.end()

    assert code == 0, terminal.shown
    made = config.load(folder).lists["second"]
    assert (made.title, made.from_address, made.purpose) == (
        "The second",
        "chair@example.org",
        "Invitations to our evenings",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_control_c_at_a_question_makes_nothing(tmp_path: Path) -> None:
    """Stopped, exit code 1, no folder."""
    terminal = Terminal("init", str(tmp_path / "site"))

    terminal.until("The name of the group or society")
    # Pressed until it ends, as a person would: Python misses a signal that comes while readline is being set up.
    code = terminal.end(press="\x03")

    assert code == 1
    assert "Stopped." in terminal.shown
    assert list(tmp_path.iterdir()) == []
