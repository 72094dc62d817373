#!/bin/sh
# One database per service, owned by a role that is no superuser: a superuser would walk through the
# row-level security that keeps organisations apart. Runs once, when the data directory is new.
set -eu

for service in catalog issuer registry verifier; do
  password=$(printenv "$(echo "$service" | tr '[:lower:]' '[:upper:]')_PASSWORD")
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set role="$service" --set password="$password" <<'SQL'
CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role" ENCODING 'UTF8';
REVOKE CONNECT ON DATABASE :"role" FROM PUBLIC;
SQL
done
