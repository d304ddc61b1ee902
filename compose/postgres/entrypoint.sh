#!/bin/sh
# First start: makes the cluster with a password for its superuser and runs the scripts of /docker-entrypoint-initdb.d.
# Every start: serves, with scram-sha-256 for everything that comes over TCP.
set -eu
: "${POSTGRES_USER:=postgres}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    umask 077
    initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile="${POSTGRES_PASSWORD_FILE:?}" --auth-local=trust \
        --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8 >/dev/null
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    pg_ctl -D "$PGDATA" -w -o "-c listen_addresses='' -k /run/postgresql" start >/dev/null
    for script in /docker-entrypoint-initdb.d/*.sh; do
        [ -e "$script" ] && sh "$script"
    done
    pg_ctl -D "$PGDATA" -m fast -w stop >/dev/null
fi
exec postgres -D "$PGDATA" -c listen_addresses='*' -k /run/postgresql -c max_connections=200 "$@"
