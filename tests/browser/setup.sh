#!/usr/bin/env bash
# Install what the browser tests need beyond Python: Chromium from Debian, and axe-core, the judge of accessibility.
# Playwright for Python is among the test packages of pyproject.toml; its own browsers are not needed.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive
if [ ! -x /usr/bin/chromium ] || ! command -v npm > /dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium npm > /dev/null
fi
# The version stands in package.json; scripts of packages are not run.
npm install --silent --ignore-scripts --no-package-lock --no-audit --no-fund
