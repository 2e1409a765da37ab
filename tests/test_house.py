"""The house: imports only go down, SQL only in store/, files stay short, packages load late."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "newsletter"
FILES = sorted(PACKAGE.rglob("*.py"))
# What each room may import of ours, besides itself. config (in two files), settings, site and shipped are named by themselves.
MAY = {
    "core": {"core"},
    "store": {"core", "store"},
    "compose": {"core", "compose"},
    "mail": {"core", "mail"},
    "settings": {"core"},
    "config": {"core", "settings", "config_mail"},
    "config_mail": {"core", "settings"},
    "shipped": set(),
    "site": {"core", "config", "settings", "store"},
    "service": {"core", "store", "compose", "mail", "service", "config", "settings", "site", "shipped"},
    "cli": {"core", "service", "config", "settings", "site", "shipped", "cli", "__version__"},
    "web": {"core", "service", "config", "settings", "site", "shipped", "web"},
    "__main__": {"cli"},
    "__init__": set(),
}
# A door that starts the other door.
STARTS = {("cli", "web")}


def _room(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "newsletter":
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {name.name for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[1] for name in node.names if name.name.startswith("newsletter.")}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_only_go_down(file: Path) -> None:
    """A room imports only itself and the rooms below it."""
    room = _room(file)
    wrong = {name for name in _imported(file) - MAY[room] if (room, name) not in STARTS}
    assert not wrong, f"{file} must not import {wrong}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_files_stay_under_400_lines(file: Path) -> None:
    """A file that grows past 400 lines is split by idea."""
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


def test_sql_stands_only_in_the_store() -> None:
    """No statement outside store/."""
    statement = re.compile(r"\b(SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE)\b")
    found = [
        str(file) for file in FILES if _room(file) != "store" and statement.search(file.read_text("utf-8"))
    ]
    assert not found


def test_only_services_open_a_write_transaction() -> None:
    """store.write() is called in service/ alone (and by the store for its own first rows)."""
    found = [
        str(file) for file in FILES if _room(file) not in ("service", "store") and ".write(" in _code(file)
    ]
    assert not [name for name in found if "store.write(" in _code(Path(name))]


def _code(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def test_time_and_chance_come_from_the_site() -> None:
    """Below the site nobody asks the machine for the time or for chance."""
    asks = re.compile(
        r"datetime\.now\(|date\.today\(|\btime\.time\(|\brandom\.(random|choice|randint)\(|utcnow"
    )
    may = {PACKAGE / "site.py", PACKAGE / "core" / "clock.py"}
    found = [str(file) for file in FILES if file not in may and asks.search(_code(file))]
    assert not found


def test_help_imports_no_heavy_package() -> None:
    """`newsletter --help` must stay quick: nothing but click and our own light modules is loaded."""
    heavy = "sqlite3 sqlite_utils jinja2 premailer aiosmtplib email_validator starlette uvicorn openpyxl asyncio".split()
    code = f"""
import sys
from newsletter.cli import main
assert main.run(["--help"]) == 0
print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stderr.strip() == "[]"
