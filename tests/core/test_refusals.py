"""What the words of servers mean: hard, soft or policy, by `answers.kind_of` without a status that would help."""

import time

import pytest

from newsletter.core import answers, refusals

NOBODY = """
550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table
550 #5.1.0 Address rejected a@b.example
550 <a@b.example> not found
550 address does not exist
551 user has moved, please try b@b.example
550 BAD-RECIPIENT
550 can't accept user
550 Destination addresses were unknown
550 email address could not be found
550 invalid mailbox path
550 a@b.example is not a known user
550 is not a valid mailbox
550 not an active address at this host
550 mailbox a@b.example does not exist
550 mailbox a@b.example unavailable
550 Mailbox invalid
550 mailbox not found
550 mailbox unavailable
553 Requested action not taken: mailbox name not allowed
550 no account by that name here
550 no existe dicha persona
550 no mail box available for this user
550 no mailbox found
550 no such mailbox
550 no such person at this address
550 no such recipient
550 No such user here
550 non-existent user
550 not a valid user here
550 not a local address
550 Rcpt <a@b.example> does not exist
550 recipient a@b.example was not found in the directory
550 recipient address rejected: invalid user
550 recipient does not exist on this system
550 recipient is not local
550 recipient not found
550 recipient not OK
550 Mailbox unavaiable
550 Nessun utente con questo nome
550 5.0.0 Address rejected: invalid-recipient
553 sorry, your envelope recipient has been denied (#5.7.1)
553 sorry, this recipient is not in my validrcptto list
550 no A Person in name directory
550 The address did not exactly match an example.org email address
550 recipient unknown
550 Requested action not taken: mailbox unavailable
550 5.1.1 RESOLVER.ADR.RecipNotFound; not found
550 sorry, user unknown
550 sorry, badrcptto
550 sorry, no mailbox here by that name. (#5.1.1)
550 The email account that you tried to reach does not exist. Please try double-checking
550 the following recipients was undeliverable
550 the user's email name is not found
550 There is no one at this address
550 this address no longer accepts mail
550 this email address is wrong or no longer valid
550 this user doesn't have a yahoo.example account (a@yahoo.example)
550 unknown e-mail address
550 unknown local-part "a" in domain "b.example"
550 unknown mailbox
550 user a@b.example was not found
550 user does not exist
550 user missing home directory
550 user not known
550 vdeliver: invalid or unknown virtual user
553 sorry, your envelope recipient is in my badrcptto list
550 Adresse d au moins un destinataire invalide. Invalid recipient. OFR204_416 [416]
550 User a (a@b.example) not listed in Domino Directory
550 User not listed in public Name & Address Book
550 Utilisateur inconnu
550 5.4.1 All recipient addresses rejected : Access denied
550 Benutzer unbekannt
Benutzer Ada (a@b.example) ist nicht im Domino-Verzeichnis aufgeführt
L'utilisateur Ada (a@b.example) ne figure pas dans l'annuaire Domino
El usuario no figura en el directorio
ユーザー Ada (a@b.example) は Domino ディレクトリには見つかりません。
550 Empfänger existiert nicht
550 El usuario no existe
550 Нет такого пользователя
550 收件人不存在
550 RCP-P1 address unknown
550 account closed
550 5.2.1 This mailbox has been deleted
550 Unrouteable address
550 Host or domain name not found. Name service error for name=b.example type=A: Host not found
550 Sorry, I couldn't find any host named b.example. (#5.1.2)
550 all relevant MX records point to non-existent hosts
550 No such domain
550 unknown host
550 Domain does not exist
550 mail domain mentioned in email address is unknown
556 5.1.10 Recipient address has null MX
DNS Error: Domain name not found
"""
SOFT = """
552 Account is exceeding their quota
552 account is temporarily over quota
550 Boite du destinataire pleine
552 disc quota exceeded
552 does not have enough space
552 exceeded storage allocation
552 full mailbox
552 is over disk quota
552 mail file size exceeds the maximum size allowed for mail delivery
552 mailbox exceeded the local limit
552 mailbox has exceeded its disk space limit
552 mailbox is full
552 maildir over quota
552 mailfolder is full
552 not enough storage space in
552 over the allowed quota
552 Quota violation for a@b.example
552 recipient reached disk quota
552 The user's space has been used up
552 too much mail data
550 user has exceeded quota, bouncing mail
550 5.1.1 user over quota
550 5.1.1 max message size exceeded
550 Account disabled temporarly for exceeding receiving limits
550 The email account that you tried to reach is disabled
550 a@b.example is a deactivated mailbox
550 mailbox currently suspended
550 user suspended
550 5.1.1 Adresse d au moins un destinataire invalide. Archived recipient. LPN105_417
550 5.1.1 mailbox disabled, not accepting messages
550 5.2.3 Sorry, the user's maildir has overdrawn his diskspace quota, please try again later.
550 recipient suspend the service
550 invalid/inactive user
554 delivery error: dd Sorry your message to a@b.example cannot be delivered. This account has been disabled or discontinued [#102].
450 4.2.0 Greylisted, please try again in 300 seconds
451 4.7.1 Greylisting in action, please come back later
554 Too many hops 26 (25 max)
550 mail for b.example loops back to myself
421 too many connections from your host
552 User mailbox exceeds allowed size
452 4.3.1 Insufficient system storage
554 5.0.0 Service unavailable
550 Postfach ist voll
550 Speicherplatz erschöpft
550 почтовый ящик переполнен
550 对方邮箱已满
connection timed out
550 5.4.4 Host or domain name not found. Name service error for name=a-rather-long-name-of-a-department.b.example type=MX: Host not found, try again
550 5.4.6 Unable to relay recipient in non-accepted domain due to a loop
lost connection with mx.b.example while sending RCPT TO
"""
POLICY = """
550 5.7.1 Unable to relay for a@b.example
554 <a@b.example>: Relay access denied
550 not an open relay, so get lost
553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)
550 mail server requires authentication when attempting to send to a non-local e-mail address
554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org
550 Blacklisted URL in message
550 message looks like spam
550 High probability of spam
554 5.7.1 Message scored too high on spam scale
550 5.7.1 Our system has detected that this message is likely unsolicited mail
550 rejected by SpamAssassin
550 Message content rejected
550 your message was rejected for possible spam/virus content
554 Denied by policy
554 Email rejected due to security policies
550 5.7.26 Unauthenticated email from b.example is not accepted due to domain's DMARC policy
550 SPF check: fail
550 Access denied. IP name lookup failed
550 Fix reverse DNS for 192.0.2.1
550 Your access to submit messages to this e-mail system has been rejected
550 Go away
550 IP name lookup failed
550 User has no permission
550 Client host rejected: cannot find your hostname
550 IPs with missing PTR records
550 5.1.8 Sender address rejected: Domain not found
550 Invalid sender
550 sender verify failed
550 sender is spammer
550 Backscatter Protection detected an invalid or expired email address
550 BATV validation failure
550 the recipient is not accepting mail with attachments
550 Sender IP address rejected
550 sender not pre-approved
550 the recipient takes mail from specific email addresses only
550 This account is protected by a filter
550 Your server requires confirmation. Visit https://b.example/whitelist
550 We do not accept mail from hosts with dynamic IP
550 Insecure mail relay
550-Requested action not taken: mailbox unavailable 550-Sender address has null MX
550 Requested action not taken: mailbox unavailable. Reject due to SPF policy.
550 5.1.7 <a@b.example>: Sender address rejected: undeliverable address: mail for b.example loops back to myself
550 Host is not allowed to send mail for domain, unknown user
421 RP-001 Unfortunately, some messages from 192.0.2.1 weren't sent. Please try again.
550 The file is infected
550 5.4.1 [a@b.example]: Recipient address rejected by our antispam
550 5.1.1 <a@b.example>: sender address domain not found
451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation
550 your PTR record does not exist
550 reverse hostname not found
550 domain of sender address a@b.example does not exist
550 You are not allowed to post to this mailing list
550 closed mailing list: not a member of the list
552 Message size exceeds fixed maximum message size
552 Message too large
552 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient
550 5.7.1 RESOLVER.RST.AuthRequired; authentication required
550 5.1.1 RCP-P2 Refused due to recipient preferences
550 permanent failure for one or more recipients (a@b.example:blocked)
550 192.0.2.1 is not allowed to send mail from b.example
554 virus detected
554 5.7.1 The message contains an attachment type that is not accepted
421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints
550 High probability of spam
"""


def cases(text: str) -> list[str]:
    return [line for line in text.strip().split("\n") if line]


def kind(line: str) -> str:
    """The kind of an answer given as one line, code first; without a code it is 550."""
    code, _, words = line.partition(" ")
    return answers.kind_of(
        answers.read(int(code) if code.isdigit() else 550, words if code.isdigit() else line)
    )


@pytest.mark.parametrize("line", cases(NOBODY))
def test_no_such_address_is_hard(line: str) -> None:
    """Standards 8: what says that nobody is there is hard, in whatever language and with whatever code."""
    assert kind(line) == "hard"


@pytest.mark.parametrize("line", cases(SOFT))
def test_no_room_and_no_time_are_soft(line: str) -> None:
    """A full or disabled mailbox, greylisting, loops and silence say nothing against the address."""
    assert kind(line) == "soft"


@pytest.mark.parametrize("line", cases(POLICY))
def test_what_blames_us_is_policy(line: str) -> None:
    """Spam, relays, our sender address and our size are never the member's fault."""
    assert kind(line) == "policy"


@pytest.mark.parametrize("text", ["user " * 50_000, "a" * 200_000, "exceed " * 30_000, "not be " * 30_000])
def test_endless_words_are_looked_at_for_a_moment(text: str) -> None:
    """T24: only the beginning of what a hostile server says is looked at."""
    began = time.perf_counter()

    refusals.blame(text)

    assert time.perf_counter() - began < 0.5
