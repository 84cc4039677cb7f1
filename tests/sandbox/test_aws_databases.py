"""Instances of RDS with a PostgreSQL behind them: what RDS is told reaches it."""

from types import SimpleNamespace

import psycopg
import pytest
from aws_world import wait

from sandbox.aws import outside
from sandbox.aws.rds import servers
from sandbox.kubernetes.certificates import Authority
from sandbox.postgres import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
GIVEN = {"MasterUsername": "master", "MasterUserPassword": "the-first-one", "DBName": "airflow"}
HOSTS = "one.c0ffee.eu-west-1.rds.amazonaws.com", "two.c0ffee.eu-west-1.rds.amazonaws.com"


@pytest.fixture
def authority(tmp_path):
    made = Authority(tmp_path, "Amazon RDS", public=True)
    servers.configure(tmp_path / "databases", made)
    yield made
    servers.stop_all()
    servers.configure(None, None)


def settle(instance):
    wait(lambda: servers.settled(instance), 60)


def ask(authority, host, password, query):
    where = {"host": host, "hostaddr": "127.0.0.1", "port": outside.told()[host]["at"]}
    trust = {"sslmode": "verify-full", "sslrootcert": str(authority.directory / "ca.crt")}
    with psycopg.connect(**where, **trust, user="master", password=password, dbname="airflow", autocommit=True, connect_timeout=10) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone() if cursor.description else None


def test_password_snapshot_stop_start_restore_and_deletion(authority):
    one, two = (SimpleNamespace(dbi_resource_id=name, port=5432) for name in ("db-1", "db-2"))
    servers.create(one, HOSTS[0], GIVEN)
    assert not servers.settled(one) and HOSTS[0] not in outside.told()
    settle(one)
    assert outside.told()[HOSTS[0]]["port"] == 5432
    ask(authority, HOSTS[0], "the-first-one", "CREATE TABLE kept AS SELECT 42 AS number")
    servers.copy(one, "final")
    servers.set_password(one, "the-second-one")
    settle(one)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(authority, HOSTS[0], "the-first-one", "SELECT 1")
    assert ask(authority, HOSTS[0], "the-second-one", "SELECT number FROM kept") == (42,)
    servers.stop(one)
    assert HOSTS[0] not in outside.told()
    servers.start(one, HOSTS[0])
    settle(one)
    assert ask(authority, HOSTS[0], "the-second-one", "SELECT number FROM kept") == (42,)
    servers.remove(one)
    assert HOSTS[0] not in outside.told() and servers.copied("final")
    servers.restore(two, HOSTS[1], "master", "final")
    settle(two)
    assert ask(authority, HOSTS[1], "the-first-one", "SELECT number FROM kept") == (42,)
    servers.remove(two)
    servers.forget_copy("final")
    assert not outside.told()
