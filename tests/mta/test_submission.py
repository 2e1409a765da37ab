"""Real Postfix and Exim as submission servers: STARTTLS verified with the tests' own authority, login, 1,000 members."""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import sending
from tests import conftest
from tests.mta import servers
from tests.peers import smtp_peer
from tests.service import outgoing

TLS = Path(__file__).parent.parent / "data" / "tls"
MEMBERS = 1_000

SUBMISSION = """
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/good.pem
smtpd_tls_key_file = {folder}/good.pem
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
local_recipient_maps =
"""
LOGIN = """
protocols =
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
auth_mechanisms = plain
passdb {{
  driver = static
  args = user=me password=secret
}}
service auth {{
  chroot =
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
service anvil {{
  chroot =
}}
"""
EXIM = """
primary_hostname = relay.lists.example.org
exim_path = {program}
exim_user = nobody
exim_group = nogroup
spool_directory = {folder}/spool
log_file_path = {folder}/log-%s
pid_file_path = {folder}/pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = {folder}/good.pem
tls_privatekey = {folder}/good.pem
auth_advertise_hosts = ${{if def:tls_in_cipher{{*}}}}
host_lookup =
rfc1413_hosts =
keep_environment =
acl_smtp_rcpt = submission
acl_smtp_data = accept
smtp_accept_max_per_connection = 0
smtp_accept_queue_per_connection = 0
queue_run_max = 4
begin acl
submission:
  accept authenticated = *
         encrypted = *
  deny message = log in over TLS
accept:
  accept
begin routers
onward:
  driver = manualroute
  domains = *
  transport = to_smtp
  route_data = 127.0.0.1
  self = send
begin transports
to_smtp:
  driver = smtp
  port = {onward}
  allow_localhost
  hosts_try_fastopen =
begin retry
* * F,1h,2s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{me}}}}{{eq{{$auth3}}{{secret}}}}}}}}
  server_set_id = $auth2
"""


@contextlib.contextmanager
def postfix(folder: Path, onward: int) -> Iterator[int]:
    """Run Postfix with a login that Dovecot checks; yield its port."""
    program, auth = servers.find("postfix"), servers.free_port()
    dovecot, port = servers.find("dovecot"), servers.free_port()
    for name in ("", "conf", "spool", "data", "login"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.copy(TLS / "good.pem", folder / "good.pem")
    (folder / "login" / "dovecot.conf").write_text(LOGIN.format(folder=folder / "login", auth=auth))
    main = servers.POSTFIX.format(folder=folder, onward=onward, lmtp=1).replace("127.0.0.0/8", "")
    (folder / "conf" / "main.cf").write_text(main + SUBMISSION.format(folder=folder, auth=auth))
    (folder / "conf" / "master.cf").write_text(servers.MASTER.format(port=port).lstrip())
    login = subprocess.Popen([dovecot, "-F", "-c", str(folder / "login" / "dovecot.conf")])
    try:
        servers.await_port(auth, folder / "login" / "log")
        start = [program, "-c", str(folder / "conf")]
        subprocess.run([*start, "start"], check=True, capture_output=True, timeout=60)
        try:
            servers.await_port(port, folder / "maillog")
            yield port
        finally:
            subprocess.run([*start, "stop"], capture_output=True, timeout=60)
    finally:
        login.terminate()
        login.communicate(timeout=15)


@contextlib.contextmanager
def exim(folder: Path, onward: int) -> Iterator[int]:
    """Run Exim with a login of its own; yield its port."""
    program, port = servers.find("exim4"), servers.free_port()
    (folder / "spool").mkdir(parents=True)
    shutil.copy(TLS / "good.pem", folder / "good.pem")
    for one in (folder, folder / "spool", folder / "good.pem"):
        shutil.chown(one, "nobody", "nogroup")
    conf = folder / "exim.conf"
    conf.write_text(EXIM.format(folder=folder, onward=onward, port=port, program=program))
    process = subprocess.Popen(
        [program, "-C", str(conf), "-bdf", "-q5s"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        servers.await_port(port, folder / "log-main")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=15)


SERVERS: dict[str, Callable[[Path, int], AbstractContextManager[int]]] = {"postfix": postfix, "exim": exim}


def _site(folder: Path, port: int, password: str) -> sites.Site:
    """A site that submits over STARTTLS with a login."""
    extra = f'ca_file = "{TLS / "ca.pem"}"\nusername = "me"\npassword_file = "smtp.password"\nconnections = 8'
    toml = outgoing.relay_toml(port, extra).replace('security = "none"', 'security = "starttls"')
    root = conftest.write_site(folder, toml=toml)
    (root / "smtp.password").write_text(password)
    (root / "smtp.password").chmod(0o600)
    return sites.open_site(root)


@pytest.mark.parametrize("name", SERVERS)
def test_a_thousand_over_starttls_and_login(name: str, tmp_path: Path) -> None:
    """Every member gets one mail through the real server; all are sent in one run."""
    people = outgoing.people(MEMBERS)
    with smtp_peer.running() as sink, SERVERS[name](tmp_path / name, sink.port) as port:
        site = _site(tmp_path / "site", port, "secret")
        outgoing.fill(site, people)
        outgoing.queue(site)
        ended = sending.run(site, wait=False)
        until(lambda: len(sink.mails) >= MEMBERS)
        numbers = outgoing.numbers(site)
        site.close()

    assert (ended.sent, numbers.sent) == (MEMBERS, MEMBERS)
    assert dict(sink.recipients) == dict.fromkeys(people, 1)
    assert b"ESMTPSA" in sink.mails[0].content.upper()  # secured and logged in, as the server itself says


@pytest.mark.parametrize("name", SERVERS)
def test_a_wrong_password_marks_nobody(name: str, tmp_path: Path) -> None:
    """The real refusal of a login pauses the run; everybody stays due."""
    with smtp_peer.running() as sink, SERVERS[name](tmp_path / name, sink.port) as port:
        site = _site(tmp_path / "site", port, "wrong")
        outgoing.fill(site, outgoing.people(3))
        outgoing.queue(site)
        with pytest.raises(errors.RelayError, match="login refused"):
            sending.run(site, wait=False)
        numbers = outgoing.numbers(site)
        site.close()

    assert numbers.due == 3
    assert sink.mails == []


def until(what: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something, not for ever."""
    import time

    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.1)
