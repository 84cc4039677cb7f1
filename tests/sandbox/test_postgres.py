"""The PostgreSQL behind RDS's endpoints: TLS that the published certificate verifies, the master, copies, and its end."""

import os
import time
from pathlib import Path

import psycopg
import pytest

from sandbox.kubernetes.certificates import Authority
from sandbox.postgres import Server, missing

HOST, PASSWORD = "db.c0ffee.eu-west-1.rds.amazonaws.com", "it's-long-enough"
pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("rds"), "Amazon RDS", public=True)


@pytest.fixture(scope="module")
def server(authority, tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("databases") / "1", HOST, authority)
    made.create("master", PASSWORD, "own")
    yield made
    made.remove()
    assert not made.directory.exists()


def connect(server, authority, user="master", password=PASSWORD, database="postgres", host=HOST, mode="verify-full", **more):
    options = {"hostaddr": "127.0.0.1", "host": host, "port": server.at, "sslmode": mode, "sslrootcert": str(authority.directory / "ca.crt"), **more}
    return psycopg.connect(user=user, password=password, dbname=database, autocommit=True, connect_timeout=10, **options)


def test_the_published_certificate_verifies_the_name_of_the_endpoint_alone(server, authority):
    with connect(server, authority) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("master",)
        assert connection.pgconn.ssl_in_use
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        connect(server, authority, host="another.c0ffee.eu-west-1.rds.amazonaws.com")
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connect(server, authority, sslrootcert=str(Path(__file__).parents[2] / "sandbox/aws/rds-ca.pem"))


def test_who_does_not_encrypt_is_refused(server, authority):
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        connect(server, authority, mode="disable")


def test_the_master_is_no_superuser_and_makes_users_and_databases(server, authority):
    with connect(server, authority) as connection:
        assert connection.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone() == (False, True, True)
        connection.execute("CREATE ROLE airflow LOGIN PASSWORD 'x'")
        connection.execute("CREATE DATABASE airflow")
    with connect(server, authority, database="own") as connection:
        connection.execute("CREATE TABLE here (number int)")


def test_another_password_is_the_password(server, authority):
    server.set_password("master", "another-password")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(server, authority)
    connect(server, authority, password="another-password").close()
    server.set_password("master", PASSWORD)


def test_a_copy_holds_what_there_was_when_it_was_made(server, authority, tmp_path):
    with connect(server, authority, database="own") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        server.copy(tmp_path / "copy")
        connection.execute("UPDATE kept SET number = 43")
    restored = Server(tmp_path / "2", HOST, authority)
    try:
        restored.restore(tmp_path / "copy")
        with connect(restored, authority, database="own") as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (42,)
    finally:
        restored.remove()


def test_it_tells_no_password(server):
    told = (server.directory / "postgres.log").read_text()
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK)]
    assert PASSWORD not in told and not any(PASSWORD.encode() in command for command in commands)


def test_it_ends_with_who_started_it(authority, tmp_path):
    doomed = Server(tmp_path / "3", HOST, authority)
    doomed.create("master", PASSWORD)
    postmaster = int((doomed.directory / "data/postmaster.pid").read_text().split()[0])
    doomed._process._child.kill()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{postmaster}").exists() and "Z" not in Path(f"/proc/{postmaster}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline, "PostgreSQL outlives the process that holds it"
        time.sleep(0.1)
    doomed.remove()
