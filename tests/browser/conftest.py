"""Debian's Chromium through Playwright, axe-core, and a judge of what a member sees."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import town

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESKTOP, NARROW = (375, 740), (1280, 900), (320, 640)


def _chromium() -> str:
    """The browser, or why these tests cannot run here: a skip for people, a failure in CI."""
    found = shutil.which("chromium")
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        found = None
    if found is not None and AXE.exists():
        return found
    lacks = "Chromium, Playwright or axe-core is missing: run tests/browser/setup.sh"
    if os.environ.get("NEWSLETTER_TEST_ALL") == "1":
        pytest.fail(lacks)
    pytest.skip(lacks)


# Not for the session: while Playwright runs, no other test of this thread can start an event loop.
@pytest.fixture(scope="package")
def browser() -> "Iterator[Browser]":
    """One browser for all these tests; it talks to this machine only."""
    executable = _chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        opened = running.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass
class Visitor:
    """A person with a browser: the page, and what it asked for and complained about."""

    page: "Page"
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def press(self, name: str) -> None:
        """Press the button of this name and wait for its answer."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def text(self) -> str:
        return self.page.inner_text("body")

    def faults(self, home: str) -> list[str]:
        """What is wrong with the page as it is shown: overflow, strangers' servers, complaints, what axe-core finds."""
        found = [f"asked for {url}" for url in self.asked if not url.startswith(home)] + self.complaints
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found += [f"{wide} pixels too wide"] if wide > 0 else []
        found += ["a cookie"] if self.page.context.cookies() else []
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        verdict: dict[str, Any] = self.page.evaluate("axe.run()")
        return found + [
            f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:120]}" for one in verdict["violations"]
        ]


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: "Browser") -> Iterator[Visit]:
    """Open a browser window: size, colour scheme, with or without scripts."""
    contexts = []

    def come(size: tuple[int, int] = DESKTOP, scheme: Any = "light", scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        visitor = Visitor(context.new_page())
        visitor.page.on("request", lambda request: visitor.asked.append(request.url))
        visitor.page.on("console", lambda said: visitor.complaints.append(f"console: {said.text}"))
        visitor.page.on("pageerror", lambda problem: visitor.complaints.append(f"error: {problem}"))
        return visitor

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[town.Town]:
    """A whole site at work."""
    with town.standing(tmp_path) as standing:
        yield standing
