"""Composing opens no network connection and no file but templates and what lies beside the edition."""

import subprocess
import sys
from pathlib import Path

from newsletter import shipped
from tests.compose import composing

# Runs in a process of its own, since an audit hook cannot be taken away again. The first round loads every module and
# time zone; the second is watched.
WATCHED = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from tests.compose import composing
from newsletter import shipped
from newsletter.compose import edition, lint, message, stamp
from newsletter.compose.frame import Shape
from datetime import UTC, datetime
from dataclasses import replace

lists = shipped.folder("lists")
paths = sorted(lists.glob("*/editions/*.md"))
texts = {path: path.read_text(encoding="utf-8") for path in paths}
allowed = [str(shipped.folder("templates").resolve()), *(str(path.parent.resolve()) for path in paths), sys.argv[2]]
opened, watching = [], False


def hook(event, arguments):
    if not watching:
        return
    if event == "open" and isinstance(arguments[0], int):
        return  # a file already opened by its name gets its buffer
    if event == "open":
        opened.append(str(arguments[0]))
    elif event.startswith(("socket.", "subprocess.", "urllib.", "os.system", "os.exec", "http.")):
        opened.append(event)


def compose(path, text):
    found = edition.read(text, path.name, path.parent.parent.name)
    facts = tuple(composing.ListFacts(slug, slug, slug, "chair@example.org") for slug in found.lists)
    around = composing.frame(lists=facts, folder=path.parent, zone="America/Toronto")
    around = composing.with_meeting(found, around)
    shape = Shape(found.lists)
    frozen = message.freeze(found, around, [shape, replace(shape, first=True)])
    lint.findings(found, around, frozen, datetime.now(UTC))
    assert len(stamp.Stamp(frozen, shape).copy(composing.values())) > 5000


def pictured():
    folder = Path(sys.argv[2])
    around = composing.frame(folder=folder)
    composing.copy(composing.frozen(composing.written("![x](room.png)"), around))


for watching in (False, True):
    if watching:
        sys.addaudithook(hook)
    for path in paths:
        compose(path, texts[path])
    pictured()
watching = False
assert len(paths) == 3 and any(name.endswith("recap.html") for name in opened), opened
foreign = [name for name in opened if not any(Path(name).resolve().is_relative_to(folder) for folder in allowed)]
print("foreign:", foreign)
"""


def test_composing_opens_nothing_foreign(tmp_path: Path) -> None:
    """The three example editions and one with a picture: every file opened is a template or lies beside the edition."""
    composing.folder_with(tmp_path, room_png=composing.png())
    here = str(Path(__file__).parent)

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WATCHED, here, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=shipped.folder("lists").parent,
        timeout=120,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout == "foreign: []\n"


def test_sending_needs_no_template_engine() -> None:
    """Stamping a stored message imports neither Jinja2 nor premailer nor a Markdown parser."""
    code = (
        "import sys; from newsletter.compose import stamp; "
        "print([name for name in ('jinja2', 'premailer', 'markdown_it', 'lxml', 'cssutils') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=shipped.folder("lists").parent,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")
