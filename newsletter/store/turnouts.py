"""Who said that they come to a meeting, and who came."""

import sqlite3

from newsletter.store import engine


def of_list(store: engine.Store, list_id: int, since: str, before: str, limit: int) -> list[sqlite3.Row]:
    """The newest meetings of a list that began within a time and took place, oldest first.

    `people` are those who said yes and have a place, with their guests; `came` is the count of heads where somebody
    counted, else of ticks at the door, NULL where nobody did either.
    """
    return store.rows(
        """SELECT * FROM (SELECT t.slug, t.title, t.starts,
          (SELECT coalesce(sum(1 + guests), 0) FROM rsvp r WHERE r.meeting = t.id AND r.answer = 'yes'
            AND r.place = 'in') AS people,
          (SELECT count(*) FROM rsvp r WHERE r.meeting = t.id AND r.answer = 'maybe') AS maybe,
          (SELECT count(*) FROM rsvp r WHERE r.meeting = t.id AND r.answer = 'no') AS no,
          coalesce((SELECT count FROM headcount h WHERE h.meeting = t.id),
            (SELECT nullif(count(*), 0) FROM attendance a WHERE a.meeting = t.id AND a.came = 1)) AS came
        FROM meeting t WHERE t.list = ? AND t.state = 'planned' AND t.starts >= ? AND t.starts < ?
        ORDER BY t.starts DESC, t.id DESC LIMIT ?) ORDER BY starts""",
        (list_id, since, before, limit),
    )
