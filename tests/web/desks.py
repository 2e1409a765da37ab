"""An organiser at the desk, as a browser is one: it keeps the cookie and sends each form's token."""

import re
from urllib.parse import urlencode

from newsletter import site as sites
from newsletter.service import sessions
from tests.web.conftest import Answer, Server

CHAIR = "chair@example.org"


def enter_path(opened: sites.Site, address: str = CHAIR) -> str:
    """The path of a new link to the desk."""
    return "/desk/" + sessions.link(opened, address).rpartition("/")[2]


class Browser:
    """Somebody's browser: what it was given as a cookie, and the token of the last form it saw."""

    def __init__(self, server: Server, cookie: str = "") -> None:
        self.server = server
        self.cookie = cookie
        self.form_token = ""

    def sign_in(self, opened: sites.Site, address: str = CHAIR) -> "Browser":
        """Press the button of a new link."""
        answer = self.post(enter_path(opened, address), enter="yes")
        assert (answer.status, answer.headers["location"]) == (303, "/desk")
        self.get("/desk")
        assert self.form_token
        return self

    def get(self, path: str) -> Answer:
        lines = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\n{lines}Connection: close\r\n\r\n"
        return self._kept(self.server.raw(request.encode()))

    def post(self, path: str, more: str = "", **fields: str) -> Answer:
        """Post a form with its token, unless `form_token` says another."""
        sent = {"form_token": self.form_token, **fields}
        lines = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        return self._kept(self.server.post(path, urlencode(sent).encode(), more=lines + more))

    def _kept(self, answer: Answer) -> Answer:
        if found := answer.headers.get("set-cookie", ""):
            self.cookie = found.partition(";")[0]
        if token := re.search(r'name="form_token" value="(\w+)"', answer.body):
            self.form_token = token[1]
        return answer
