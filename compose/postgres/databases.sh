#!/bin/sh
# One database and one role a service; no role can connect to another's database.
set -eu
for service in network router floatingip; do
    password=$(cat "/run/secrets/${service}_password")
    psql -q -v ON_ERROR_STOP=1 -v password="$password" -h /run/postgresql -U "$POSTGRES_USER" -d postgres <<SQL
CREATE ROLE sluice_$service LOGIN PASSWORD :'password';
CREATE DATABASE sluice_$service OWNER sluice_$service;
REVOKE CONNECT ON DATABASE sluice_$service FROM PUBLIC;
SQL
done
