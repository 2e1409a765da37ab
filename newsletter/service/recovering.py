"""What a run finds when it begins: mails that a dead process left on the wire, and editions that trouble has stopped."""

from newsletter import settings, site
from newsletter.core import answers
from newsletter.service import bay
from newsletter.store import editions, outbox

TROUBLE = "relay "  # how the reason of a pause begins that no person asked for


def after_death(opened: site.Site) -> None:
    """What a dead process left on the wire is unclear: repeated after a while, or held for a person."""
    store, now = opened.store, opened.clock.iso()
    with store.write():
        for slug, one in opened.config.lists.items():
            outbox.recover(store, store.list_ids[slug], _repeat_at(one.sending, now), now)
        outbox.recover(store, None, _repeat_at(opened.config.sending, now), now)


def _repeat_at(rule: settings.Sending, now: str) -> str | None:
    if not answers.may_repeat(rule.on_unclear, 0, own_death=True):
        return None
    return bay.iso_after(now, rule.unclear_wait)


def after_trouble(opened: site.Site) -> None:
    """A run that begins anew tries again what trouble with a relay had stopped; what a person paused stays."""
    with opened.store.write():
        for edition in editions.open_ids(opened.store):
            row = editions.get(opened.store, edition)
            if row is not None and row["state"] == "paused" and row["reason"].startswith(TROUBLE):
                editions.set_state(opened.store, edition, "running", "", opened.clock.iso(), only=("paused",))
