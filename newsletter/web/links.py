"""Links from one page to another. They come from the configured base URL and never from the request (T46)."""

from urllib.parse import urlsplit

from newsletter import site


def to(opened: site.Site, path: str) -> str:
    """The path of a page of ours, with the prefix that base_url has: /news/join."""
    return urlsplit(opened.config.site.base_url or "").path.rstrip("/") + path
