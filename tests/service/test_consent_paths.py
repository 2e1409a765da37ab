"""Whatever happens in whatever order: nobody gets mail without a word of their own, and a no stays a no."""

import statistics
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import hypothesis
import pytest
from hypothesis import stateful
from hypothesis import strategies as st

from newsletter import site as sites
from newsletter.core import errors, rules
from newsletter.service import confirming, consent, forgetting, joining, members, mypage, retention, signup
from tests import conftest, people
from tests.service import asking
from tests.service.asking import SOUTH

ADDRESS = "ada@example.org"
SHEET = members.Basis("consent", "sheet", date(2018, 6, 28), statement="the chair")
ROLL = members.Basis("membership", "roll", until=date(2018, 8, 1))


class Paths(stateful.RuleBasedStateMachine):
    """One address, everybody who can do something to it, and what we promised: `no` and `yes` as the person said them."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.clock = conftest.FixedClock()
        root = self.folder / f"{id(self)}-{time.monotonic_ns()}"
        self.site = sites.open_site(conftest.write_site(root), running=self.clock)
        self.message = people.add_message(self.site, SOUTH)
        self.no = False
        self.yes = False
        self.consented = False

    def teardown(self) -> None:
        self.site.close()

    @property
    def member(self) -> int:
        row = self.site.store.row("SELECT id FROM member WHERE key = ?", (ADDRESS,))
        return int(row["id"]) if row else 0

    @stateful.rule()
    def a_form_is_filled(self) -> None:
        joining.ask(self.site, joining.Wanted(ADDRESS, (SOUTH,)))

    @stateful.rule()
    def the_person_confirms(self) -> None:
        row = self.site.store.row(
            "SELECT id, member FROM request WHERE kind = 'join' ORDER BY id DESC LIMIT 1"
        )
        if row is None:
            return
        try:
            joined = confirming.confirm(
                self.site, self.site.tokens.make("confirm", row["id"], row["member"])
            ).joined
        except errors.RefusedError:
            return
        if joined:
            self.yes, self.no, self.consented = True, False, True

    @stateful.rule()
    def the_person_leaves(self) -> None:
        if (
            self.member
            and signup.leave(
                self.site, self.site.tokens.make("leave", self.message, self.member), "one-click"
            ).left
        ):
            self.no = True

    @stateful.rule()
    def the_person_objects(self) -> None:
        if self.member and asking.state(self.site, self.member) not in ("", "erased"):
            with self.site.store.write():
                consent.take(self.site, self.member, SOUTH, "objected", consent.Proof("person", "mail"))
            self.no = True

    @stateful.rule()
    def not_me(self) -> None:
        row = self.site.store.row(
            "SELECT id, member FROM request WHERE kind = 'join' ORDER BY id DESC LIMIT 1"
        )
        if row is not None:
            confirming.block(self.site, self.site.tokens.make("block", row["id"], row["member"]))

    @stateful.rule(basis=st.sampled_from([SHEET, ROLL, members.Basis("consent", "old list")]))
    def an_organiser_adds(self, basis: members.Basis) -> None:
        try:
            added = members.add(self.site, ADDRESS, SOUTH, basis)["added"]
        except errors.NewsletterError:
            return
        self.consented = self.consented or (added and bool(basis.statement or basis.until))

    @stateful.rule(everything=st.just(False))
    def the_person_is_forgotten(self, everything: bool) -> None:
        if self.member:
            forgetting.forget(self.site, self.member, "person", "page", everything=everything)
            self.no = True

    @stateful.rule(days=st.sampled_from([1, 7, 40]))
    def time_passes(self, days: int) -> None:
        self.clock.moment += timedelta(days=days)
        retention.run(self.site)

    @stateful.invariant()
    def a_no_stays_a_no(self) -> None:
        if self.no:
            assert not self._may_get_news()

    @stateful.invariant()
    def nobody_gets_news_without_a_word(self) -> None:
        assert self.consented or not self._may_get_news()

    @stateful.invariant()
    def forms_write_at_most_three_times(self) -> None:
        if not self.yes:
            assert asking.kinds(self.site).count("confirm") <= 3

    @stateful.invariant()
    def the_chain_holds(self) -> None:
        assert consent.verify(self.site).ok

    def _may_get_news(self) -> bool:
        row = self.site.store.row("SELECT * FROM member WHERE key = ?", (ADDRESS,))
        state = asking.state(self.site, row["id"]) if row else ""
        if row is None or not state:
            return False
        scope = consent.suppression_scope(self.site, ADDRESS, self.site.store.list_ids[SOUTH]) or ""
        standing = rules.Standing(state, row["health"], scope)  # type: ignore[arg-type]
        return rules.may_mail(standing, "M") is None


def test_every_path(tmp_path: Path) -> None:
    """Random stories of form, links, organiser, clock and forgetting keep all four promises."""
    Paths.folder = tmp_path
    stateful.run_state_machine_as_test(
        Paths, settings=hypothesis.settings(max_examples=25, stateful_step_count=15, deadline=None)
    )


def test_fifty_confirmations_at_once_are_one(site: sites.Site) -> None:
    """Ten processes' worth of connections post the same link five times each: one event, one welcome (T07)."""
    asking.ask(site, ADDRESS)
    token = asking.token(site, "confirm", "join")
    joined: list[int] = []

    def post() -> None:
        own = sites.open_site(site.root, running=site.clock)
        try:
            for _ in range(5):
                joined.append(len(confirming.confirm(own, token).joined))
        finally:
            own.close()

    threads = [threading.Thread(target=post) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(joined) == [0] * 49 + [1]
    assert asking.kinds(site) == ["confirm", "welcome"]


@pytest.mark.parametrize("act", ["join", "fresh"])
def test_the_time_tells_nothing(site: sites.Site, act: str) -> None:
    """New, known, gone and blocked addresses take alike: medians within five milliseconds (T15)."""
    for n in range(30):
        asking.join(site, f"known{n}@example.org")
        gone = asking.join(site, f"gone{n}@example.org")
        signup.leave(site, site.tokens.make("leave", people.add_message(site, SOUTH), gone), "page")
        blocked = asking.join(site, f"blocked{n}@example.org")
        forgetting.forget(site, blocked, "person", "page", everything=False)
    took: dict[str, list[float]] = {}
    for n in range(30):
        for kind in ("new", "known", "gone", "blocked"):
            address = f"{kind}{n}@example.org"
            start = time.perf_counter()
            if act == "join":
                asking.ask(site, address)
            else:
                mypage.ask_fresh(site, address)
            took.setdefault(kind, []).append(time.perf_counter() - start)

    medians = [statistics.median(times) for times in took.values()]
    assert max(medians) - min(medians) < 0.005
