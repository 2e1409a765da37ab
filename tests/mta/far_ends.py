"""Real mail servers as the far end, which refuse in their own words: nobody there, no room, not wanted, not yet.

Behind each stands Dovecot with the mailboxes of example.org; member1's has no room. member0 does not exist, member2 is
refused by a rule, member3 is put off as long as the file `grey` is there. Reports go to lists.example.org by LMTP.
"""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from tests.mta import servers

KNOWN = [f"member{number}@example.org" for number in range(1, 5)]
QUOTA = """
mail_plugins = quota
plugin {{
  quota = maildir:room
  quota_rule = *:storage=100M
}}
userdb {{
  driver = passwd-file
  args = username_format=%n {folder}/users
}}
"""


@contextlib.contextmanager
def boxes(folder: Path) -> Iterator[int]:
    """Run Dovecot with the mailboxes of example.org; yield its LMTP port."""
    rule = "userdb_quota_rule=*:bytes=10"
    full = f"member1::65534:65534::{folder}/home/member1::{rule}\n"
    before, _, after = servers.DOVECOT.partition("userdb {{")
    conf = f"{before}{QUOTA}userdb {{{{{after}"
    with servers.dovecot(folder, conf, {"users": full}) as (_, lmtp):
        yield lmtp


POSTFIX = """
relay_recipient_maps = texthash:{folder}/known
transport_maps = inline:{{{{ {{{{ example.org = lmtp:inet:127.0.0.1:{boxes} }}}} }}}}
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/rules
max_use = 1
"""


@contextlib.contextmanager
def postfix(folder: Path, behind: int, lmtp: int) -> Iterator[tuple[int, Callable[[], None]]]:
    """Postfix: its tables of recipients and of access refuse. Yields its port, and what lets member3 in."""
    folder.mkdir()
    known, rules = folder / "known", folder / "rules"
    known.write_text("".join(f"{address} x\n" for address in KNOWN))
    rules.write_text("member2@example.org REJECT\nmember3@example.org DEFER\n")
    text = servers.POSTFIX.replace("relay_domains =", "relay_domains = example.org,")
    text += POSTFIX.format(folder=folder, boxes=behind)
    with servers.postfix(folder, 1, lmtp, text) as port:
        yield port, lambda: (rules.write_text("member2@example.org REJECT\n"), None)[1]


EXIM_RULES = """
accept:
  accept
refuse:
  deny recipients = member2@example.org
  defer recipients = member3@example.org
        condition = ${{if exists{{{folder}/grey}}}}
  require verify = recipient
  accept
"""
EXIM_ROUTER = """
boxes:
  driver = manualroute
  domains = example.org
  local_parts = member1 : member2 : member3 : member4
  transport = to_boxes
  route_data = 127.0.0.1
  self = send
"""
EXIM_TRANSPORT = """
to_boxes:
  driver = smtp
  protocol = lmtp
  port = {boxes}
  allow_localhost
  hosts_try_fastopen =
"""


@contextlib.contextmanager
def exim(folder: Path, behind: int, lmtp: int) -> Iterator[tuple[int, Callable[[], None]]]:
    """Exim: the words of its own for deny, defer and a recipient that does not verify."""
    text = servers.EXIM.replace("acl_smtp_rcpt = accept", "acl_smtp_rcpt = refuse")
    text = text.replace("\naccept:\n  accept\n", EXIM_RULES)
    head, _, tail = text.partition("onward:\n")
    text = head + EXIM_ROUTER.lstrip() + "begin transports\n" + tail.partition("begin transports\n")[2]
    text = text.replace("begin retry", EXIM_TRANSPORT.lstrip() + "begin retry").replace(
        "{boxes}", str(behind)
    )
    with servers.exim(folder, 1, lmtp, text) as port:
        (folder / "grey").touch()
        yield port, (folder / "grey").unlink


OPENSMTPD = """
table known {{ {known} }}
table unwanted {{ "member2@example.org" }}
table grey file:{folder}/table
filter "unwanted" phase rcpt-to match rcpt-to <unwanted> reject "554 5.7.1 Rejected by policy"
filter "grey" phase rcpt-to match rcpt-to <grey> reject "451 4.7.1 Greylisted, try again later"
filter "rules" chain {{ "unwanted", "grey" }}
listen on 127.0.0.1 port {port} filter "rules"
action "ours" relay host "lmtp://127.0.0.1:{lmtp}"
action "boxes" relay host "lmtp://127.0.0.1:{boxes}"
match from any for domain "lists.example.org" action "ours"
match from any for rcpt-to <known> action "boxes"
"""


@contextlib.contextmanager
def opensmtpd(folder: Path, behind: int, lmtp: int) -> Iterator[tuple[int, Callable[[], None]]]:
    """OpenSMTPD: the invalid recipient in its own words; its filters speak those of their lines."""
    folder.mkdir()
    table = folder / "table"
    table.write_text("member3@example.org\n")
    conf = OPENSMTPD.replace("{boxes}", str(behind)).replace("{folder}", str(folder))
    conf = conf.replace("{known}", ", ".join(f'"{address}"' for address in KNOWN))

    def let_in() -> None:
        table.write_text("nobody@example.org\n")
        group = shutil._get_gid("opensmtpq")  # type: ignore[attr-defined]
        command = [servers.find("smtpctl"), "update", "table", "grey"]
        subprocess.run(command, check=True, capture_output=True, extra_groups=[group], group=group)

    with servers.opensmtpd(folder, 1, lmtp, conf) as port:
        yield port, let_in


FAR_ENDS: dict[str, Callable[[Path, int, int], AbstractContextManager[tuple[int, Callable[[], None]]]]] = {
    "postfix": postfix,
    "exim": exim,
    "opensmtpd": opensmtpd,
}
