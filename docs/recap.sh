#!/bin/sh
# Make docs/recap.png from real output: the shipped recap, composed on the day of its story. Needs chromium.
set -eu
cd "$(dirname "$0")/.."
site=$(mktemp -d)
trap 'rm -rf "$site"' EXIT
newsletter demo --no-serve --dir "$site/demo" > /dev/null
NEWSLETTER_NOW=2018-06-29T08:00:00Z newsletter --site "$site/demo" preview --member arjun@example.net \
  --output "$site" "$site/demo/lists/south-hants-it/editions/2018-06-29-meeting-1.md" > /dev/null
chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --hide-scrollbars \
  --window-size=640,1180 --screenshot=docs/recap.png "file://$site/preview.html" 2> /dev/null
