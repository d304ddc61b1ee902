#!/usr/bin/env bash
# Writes a random password a role into compose/secrets; those that are there stay.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p secrets
for name in postgres network router floatingip; do
    file=secrets/${name}_password
    # Readable by the containers' accounts, which are not the caller's.
    [ -s "$file" ] || (umask 022 && head -c 18 /dev/urandom | base64 | tr -d '\n/+=' >"$file")
done
