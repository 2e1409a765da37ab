#!/usr/bin/env bash
# Install Debian's Dovecot, Postfix, Exim and OpenSMTPD for the tests beside this file (as root). None is started.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apart=${NEWSLETTER_TEST_MTA:-/opt/newsletter-mta}
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
fi
apt-get install -y -qq --no-install-recommends postfix dovecot-imapd dovecot-lmtpd passwd > /dev/null
# Debian allows one mail server at a time: the other two are unpacked, not installed, with what they link to.
apt-get install -y -qq --no-install-recommends libevent-2.1-7 libgnutls-dane0 libidn12 libpcre2-8-0 libdb5.3 > /dev/null
fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT
cd "$fetched"
chmod 755 .
apt-get download -qq exim4-daemon-light opensmtpd
mkdir -p "$apart"
for package in ./*.deb; do dpkg -x "$package" "$apart"; done
for program in exim4 smtpd; do
  if ldd "$apart/usr/sbin/$program" | grep 'not found'; then exit 1; fi
done
