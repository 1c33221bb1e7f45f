#!/bin/bash
# Runs once, in the primary's first set-up: an account and a slot for each standby, and from the
# next start on no commit is answered until one of the two has it. It is set here and not on the
# command line, since the set-up itself would then wait for standbys that cannot be there yet.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE replicator WITH REPLICATION LOGIN PASSWORD :'password';
SELECT pg_create_physical_replication_slot('standby_1');
SELECT pg_create_physical_replication_slot('standby_2');
ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (standby_1, standby_2)';
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
