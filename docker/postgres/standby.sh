#!/bin/bash
# Copies the primary the first time, then follows it under the name that the primary counts on.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    pg_basebackup --pgdata "$PGDATA" --write-recovery-conf --wal-method stream \
        --checkpoint fast --slot "$STANDBY_NAME" \
        --dbname "host=primary user=replicator password=$PGPASSWORD application_name=$STANDBY_NAME"
    chmod 0700 "$PGDATA"
fi
exec postgres
