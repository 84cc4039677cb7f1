"""
What stands for pgbouncer where the machine has none: the smallest pooler with its semantics, in Python's own library alone.

    python -m sandbox.pooler /etc/pgbouncer/pgbouncer.ini

It reads pgbouncer's own configuration and keeps what a release can feel: pools of `pool_size` for each database and user, transaction
pooling, `query_wait_timeout`, `max_client_conn`, prepared statements across connections, SCRAM on both sides with `auth_file`, TLS to
the server up to verify-full, cancelling, and SHOW for statistics. It has no other pool mode and no other authentication, refuses what
it does not know, and does not read its configuration again.

Sources: https://www.pgbouncer.org/config.html, https://www.pgbouncer.org/features.html, https://www.postgresql.org/docs/current/protocol.html
"""
