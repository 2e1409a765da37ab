"""Real mail servers of Debian on free loopback ports, each with a configuration folder of its own, for as long as a block.

They need root, as on CI; .ci/run installs them. Where one is missing its test is skipped, but on CI it fails.
"""

import contextlib
import fcntl
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# Exim and OpenSMTPD cannot be installed beside Postfix: .ci/run unpacks them here.
APART = Path(os.environ.get("NEWSLETTER_TEST_MTA", "/opt/newsletter-mta"))


def find(name: str) -> str:
    """The path of a server's program; skips the test (on CI: fails it) when there is none or we are not root."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/lib/dovecot")
    if found is None and (APART / "usr/sbin" / name).is_file():
        found = str(APART / "usr/sbin" / name)
    if found is None or os.getuid() != 0:
        reason = f"{name} is not installed (see .ci/run), or this is not root"
        if os.environ.get("NEWSLETTER_TEST_ALL"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def free_port() -> int:
    """A loopback port that is free, and below those that the system gives to outgoing connections: so it stays free."""
    while True:
        port = random.randint(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def await_port(port: int, log: Path, seconds: float = 15) -> None:
    """Wait until somebody answers there; fail with the server's own words."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"no server on port {port}: {log.read_text() if log.exists() else 'no log'}")


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder for as long as a block, into which the servers' own users can look."""
    with tempfile.TemporaryDirectory(prefix="newsletter-mta-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


DOVECOT = """
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%n
postmaster_address = postmaster@lists.example.org
hostname = mx.lists.example.org
recipient_delimiter = +
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/home/%n allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
namespace inbox {{
  inbox = yes
}}
"""


@contextlib.contextmanager
def dovecot(
    folder: Path, text: str = DOVECOT, files: dict[str, str] | None = None
) -> Iterator[tuple[int, int]]:
    """Run Dovecot: any user with the password "secret"; yield its ports for IMAP and for LMTP. `files` are its tables."""
    program = find("dovecot")
    imap, lmtp = free_port(), free_port()
    folder.mkdir()
    for name in ("mail", "home"):
        (folder / name).mkdir(mode=0o777)
        (folder / name).chmod(0o777)
    for name, words in (files or {}).items():
        (folder / name).write_text(words)
    conf = folder / "dovecot.conf"
    conf.write_text(text.format(folder=folder, imap=imap, lmtp=lmtp))
    process = subprocess.Popen(
        [program, "-F", "-c", str(conf)], stderr=subprocess.STDOUT, stdout=subprocess.PIPE
    )
    try:
        await_port(imap, folder / "log")
        yield imap, lmtp
    finally:
        process.terminate()
        process.communicate(timeout=15)


POSTFIX = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = relay.lists.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relay_domains = lists.example.org
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = smtp:[127.0.0.1]:{onward}
smtp_tls_security_level = none
disable_dns_lookups = yes
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
alias_maps =
alias_database =
smtputf8_enable = yes
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@contextlib.contextmanager
def postfix(folder: Path, onward: int, lmtp: int, text: str = POSTFIX) -> Iterator[int]:
    """Run Postfix as a relay: mail for lists.example.org goes to an LMTP port, all else onward; yield its port."""
    program, port = find("postfix"), free_port()
    for name in ("", "conf", "spool", "data"):
        (folder / name).mkdir(exist_ok=True)
    shutil.chown(folder / "data", "postfix")
    conf = folder / "conf"
    (conf / "main.cf").write_text(text.format(folder=folder, onward=onward, lmtp=lmtp))
    (conf / "master.cf").write_text(MASTER.format(port=port).lstrip())
    subprocess.run([program, "-c", str(conf), "start"], check=True, capture_output=True, timeout=60)
    try:
        await_port(port, folder / "maillog")
        yield port
    finally:
        subprocess.run([program, "-c", str(conf), "stop"], capture_output=True, timeout=60)


EXIM = """
primary_hostname = relay.lists.example.org
exim_path = {program}
exim_user = {user}
exim_group = {group}
spool_directory = {folder}/spool
log_file_path = {folder}/log-%s
pid_file_path = {folder}/pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
acl_smtp_rcpt = accept
acl_smtp_data = accept
keep_environment =
allow_domain_literals = false
dsn_advertise_hosts = *
begin acl
accept:
  accept
begin routers
ours:
  driver = manualroute
  domains = lists.example.org
  transport = to_lmtp
  route_data = 127.0.0.1
  self = send
onward:
  driver = manualroute
  domains = *
  transport = to_smtp
  route_data = 127.0.0.1
  self = send
begin transports
to_lmtp:
  driver = smtp
  protocol = lmtp
  port = {lmtp}
  allow_localhost
  hosts_try_fastopen =
to_smtp:
  driver = smtp
  port = {onward}
  allow_localhost
  hosts_try_fastopen =
begin retry
* * F,1h,2s
"""


@contextlib.contextmanager
def exim(folder: Path, onward: int, lmtp: int, text: str = EXIM) -> Iterator[int]:
    """Run Exim as a relay, like postfix()."""
    program, port = find("exim4"), free_port()
    # It asks for its compiled-in user, whatever its configuration says.
    subprocess.run(["useradd", "--system", "--no-create-home", "Debian-exim"], capture_output=True)
    folder.mkdir()
    (folder / "spool").mkdir()
    shutil.chown(folder, "nobody", "nogroup")
    shutil.chown(folder / "spool", "nobody", "nogroup")
    conf = folder / "exim.conf"
    conf.write_text(
        text.format(
            program=program,
            folder=folder,
            onward=onward,
            lmtp=lmtp,
            port=port,
            user="nobody",
            group="nogroup",
        )
    )
    process = subprocess.Popen(
        [program, "-C", str(conf), "-bdf", "-q2s"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        await_port(port, folder / "log-main")
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=15)


OPENSMTPD = """
listen on 127.0.0.1 port {port}
action "ours" relay host "lmtp://127.0.0.1:{lmtp}"
action "onward" relay host "smtp://127.0.0.1:{onward}"
match from any for domain "lists.example.org" action "ours"
match from any for any action "onward"
"""


@contextlib.contextmanager
def opensmtpd(folder: Path, onward: int, lmtp: int, text: str = OPENSMTPD) -> Iterator[int]:
    """Run OpenSMTPD as a relay, like postfix(). Its spool is where it was compiled to be; it is emptied first.

    So one runs on a machine at a time: another waits for it.
    """
    program, port = find("smtpd"), free_port()
    folder.mkdir(exist_ok=True)
    for user in ("opensmtpd", "opensmtpq"):
        subprocess.run(["useradd", "--system", "--no-create-home", user], capture_output=True)
    empty = Path("/var/lib/opensmtpd/empty")
    empty.mkdir(parents=True, exist_ok=True, mode=0o755)
    conf, log = folder / "smtpd.conf", folder / "log"
    conf.write_text(text.format(port=port, lmtp=lmtp, onward=onward))
    with open("/var/lib/opensmtpd/lock", "w") as lock, log.open("wb") as stream:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree("/var/spool/smtpd", ignore_errors=True)
        Path("/etc/mailname").write_text("relay.lists.example.org\n")
        process = subprocess.Popen([program, "-d", "-f", str(conf)], stdout=stream, stderr=stream)
        try:
            await_port(port, log)
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=15)


def hurry(name: str) -> None:
    """Let OpenSMTPD try again at once: its first pause after a greylisting is minutes long. The others' stands in a file."""
    if name == "opensmtpd":
        group = shutil._get_gid("opensmtpq")  # type: ignore[attr-defined]
        subprocess.run(
            [find("smtpctl"), "schedule", "all"], capture_output=True, extra_groups=[group], group=group
        )
