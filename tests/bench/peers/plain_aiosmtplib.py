"""What a Python developer writes first: a loop of EmailMessage and aiosmtplib over some connections.

Usage: python tests/bench/peers/plain_aiosmtplib.py PORT COUNT CONNECTIONS CAMPAIGN.json [--prebuilt]
--prebuilt builds one mail and sends its bytes to everybody: only the wire is measured then.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import formatdate
from html import escape
from pathlib import Path

import aiosmtplib

SENDER = "chair@lists.example.org"


def build(campaign: dict[str, str], number: int) -> EmailMessage:
    """One member's mail, built the way the standard library offers."""
    token = f"t{number:08d}"
    values = {
        "name": f"Zoë Member {number}",
        "company": f"Company & Sons {number}",
        "email": f"member{number}@example.net",
        "rsvp": f"https://lists.example.org/rsvp/{token}",
        "leave": f"https://lists.example.org/leave/{token}",
    }
    text, html = campaign["text"], campaign["html"]
    for name, value in values.items():
        text = text.replace(f"{{{{ {name} }}}}", value)
        html = html.replace(f"{{{{ {name} }}}}", escape(value))
    mail = EmailMessage()
    mail["From"] = f"Local IT group <{SENDER}>"
    mail["To"] = values["email"]
    mail["Subject"] = campaign["subject"]
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{token}@lists.example.org>"
    mail["List-Unsubscribe"] = f"<{values['leave']}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


async def send(
    port: int, numbers: Iterator[int], campaign: dict[str, str], *, prebuilt: bytes | None
) -> None:
    """Send over one connection whatever number comes next, until there is none."""
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await smtp.connect()
    for number in numbers:
        if prebuilt is not None:
            await smtp.sendmail(SENDER, f"member{number}@example.net", prebuilt)
        else:
            await smtp.send_message(build(campaign, number))
    await smtp.quit()


async def send_all(port: int, count: int, connections: int, campaign: dict[str, str], *, same: bool) -> None:
    """Share the numbers among the connections."""
    prebuilt = build(campaign, 0).as_bytes() if same else None
    numbers = iter(range(count))
    await asyncio.gather(*(send(port, numbers, campaign, prebuilt=prebuilt) for _ in range(connections)))


def main() -> None:
    """Read the command line and send."""
    port, count, connections = (int(word) for word in sys.argv[1:4])
    campaign = json.loads(Path(sys.argv[4]).read_text(encoding="utf-8"))
    asyncio.run(send_all(port, count, connections, campaign, same="--prebuilt" in sys.argv))


if __name__ == "__main__":
    main()
