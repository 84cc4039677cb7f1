"""
PostgreSQL servers of this machine: what is behind RDS's endpoints.

    authority = Authority(home, "Amazon RDS", public=True)
    server = Server(home / "databases" / "1", "airflow-dev.c0ffee.eu-west-1.rds.amazonaws.com", authority)
    server.create("airflow_admin", password)    # seconds
    server.stop()

A server listens on a port of 127.0.0.1, `server.at`, with TLS alone and the certificate of the host it stands for. It ends with the process
that started it.
"""

from sandbox.postgres.programs import missing, version
from sandbox.postgres.server import Server, ServerFailure

__all__ = ["Server", "ServerFailure", "missing", "version"]
