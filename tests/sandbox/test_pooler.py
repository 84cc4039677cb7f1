"""What stands for pgbouncer, as a release feels it: pools, waiting, prepared statements, SCRAM, TLS, statistics; psycopg is the client."""

import concurrent.futures
import contextlib
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from connectors.kubernetes.manifest import values
from deploys.platform.airflow_objects import PGBOUNCER_INI
from deploys.platform.airflow_pool import MIGRATION, pool_size, waiters
from sandbox.kubernetes.certificates import Authority
from sandbox.kubernetes.ports import free_port
from sandbox.pooler.configuration import Configuration, ConfigurationError
from sandbox.postgres import Server, missing

PASSWORD = 'pass"word'
pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("rds"), "Amazon RDS", public=True)


@pytest.fixture(scope="module")
def server(authority, tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("databases") / "1", "localhost", authority)
    made.create("airflow", PASSWORD, "airflow")
    yield made
    made.remove()


class Pooler:
    """A pooler with the very configuration of the release, in front of a server."""

    def __init__(self, directory, server, authority, size, **changed):
        self.port = free_port()
        ini = PGBOUNCER_INI.format(host="localhost", database="airflow", port=server.at, pool_size=size, user="airflow")
        replaced = {"listen_port": self.port, "auth_file": directory / "users.txt", "server_tls_ca_file": authority.directory / "ca.crt", **changed}
        lines = [line for line in ini.splitlines() if line.partition(" ")[0] not in replaced]
        text = "\n".join([*lines, *(f"{name} = {value}" for name, value in replaced.items())])
        (directory / "pgbouncer.ini").write_text(text.replace("listen_addr = *", "listen_addr = 127.0.0.1"))
        quoted = PASSWORD.replace('"', '""')
        (directory / "users.txt").write_text(f'"airflow" "{quoted}"\n')
        command = [sys.executable, "-m", "sandbox.pooler", "-u", "nobody", str(directory / "pgbouncer.ini")]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert "listening" in self.process.stderr.readline()

    def connect(self, database="airflow-metadata", user="airflow", password=PASSWORD, **options):
        options = {"prepare_threshold": None, "connect_timeout": 10, **options}
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=database, user=user, password=password, **options)

    def shown(self, what):
        with self.connect("pgbouncer", autocommit=True, cursor_factory=psycopg.ClientCursor) as console:
            cursor = console.execute(f"SHOW {what}")
            return [dict(zip([column.name for column in cursor.description], row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def pooler(server, authority, tmp_path):
    """Makes poolers: pool size, and settings that are different."""
    with contextlib.ExitStack() as started:

        def make(size, **changed):
            made = Pooler(tmp_path, server, authority, size, **changed)
            started.callback(lambda: (made.process.kill(), made.process.wait(), made.process.stderr.close()))
            return made

        yield make


def backend(connection):
    return connection.execute("SELECT pg_backend_pid()").fetchone()[0]


def test_a_connection_is_lent_for_a_transaction(pooler):
    made = pooler(1)
    with made.connect() as first, made.connect() as second:
        lent = backend(first)
        first.commit()
        assert backend(second) == lent
        second.commit()
        (row,) = made.shown("POOLS")
        assert (row["database"], row["cl_active"], row["sv_idle"], row["sv_active"]) == ("airflow-metadata", 2, 1, 0)
    assert made.shown("DATABASES")[0]["pool_size"] == 1


def test_who_waits_too_long_is_told_and_sent_away(pooler):
    made = pooler(1, query_wait_timeout=1)
    with made.connect() as holder:
        backend(holder)
        with pytest.raises(psycopg.OperationalError, match="query_wait_timeout"):
            made.connect().execute("SELECT 1")
        holder.commit()
    with made.connect() as again:
        backend(again)


def test_prepared_statements_follow_their_client_from_connection_to_connection(pooler):
    made = pooler(2, max_prepared_statements=3)
    with made.connect(prepare_threshold=0) as one, made.connect(prepare_threshold=0) as other:
        seen = set()
        for number in range(24):
            query = f"SELECT %s::int + {number % 5}, pg_backend_pid()"
            with contextlib.ExitStack() as held:
                if number % 2:
                    held.enter_context(other.transaction())
                    seen.add(other.execute(query, [number]).fetchone()[1])
                got, lent = one.execute(query, [number]).fetchone()
                one.commit()
            assert got == number + number % 5
            seen.add(lent)
        assert len(seen) == 2


def test_an_error_leaves_prepared_statements_usable(pooler):
    made = pooler(1)
    with made.connect(prepare_threshold=0, autocommit=True) as one:
        for divisor, expected in ((1, 10), (0, None), (2, 5)):
            with contextlib.nullcontext() if expected else pytest.raises(psycopg.errors.DivisionByZero):
                assert one.execute("SELECT 10 / %s::int", [divisor]).fetchone() == (expected,)


def test_pipelines_and_copies_pass(pooler):
    made = pooler(1)
    with made.connect(prepare_threshold=0) as one:
        one.execute("CREATE TEMPORARY TABLE numbers (number int)")
        with one.cursor().copy("COPY numbers FROM STDIN") as copy:
            for number in range(1000):
                copy.write_row([number])
        with one.pipeline():
            answers = [one.execute("SELECT sum(number) + %s FROM numbers", [number]) for number in range(5)]
        assert [answer.fetchone()[0] for answer in answers] == [499500 + number for number in range(5)]


def test_settings_are_a_clients_own(pooler):
    made = pooler(1)
    with made.connect(autocommit=True, application_name="one") as one, made.connect(autocommit=True, application_name="two") as two:
        one.execute("SET timezone = 'Asia/Tokyo'")
        for _ in range(2):
            assert [c.execute("SELECT current_setting('application_name')").fetchone()[0] for c in (one, two)] == ["one", "two"]
            assert [c.execute("SHOW timezone").fetchone()[0] == "Asia/Tokyo" for c in (one, two)] == [True, False]


def test_a_client_that_leaves_in_a_transaction_leaves_nothing_open(pooler):
    made = pooler(1)
    left = made.connect()
    left.execute("CREATE TABLE left_over (number int)")
    left.close()
    with made.connect(autocommit=True) as one:
        assert one.execute("SELECT to_regclass('left_over')").fetchone() == (None,)


def test_a_client_cancels_what_is_done_for_it(pooler):
    made = pooler(1)
    with made.connect(autocommit=True) as one:
        threading.Timer(0.5, one.cancel).start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            one.execute("SELECT pg_sleep(20)")
        assert one.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"password": "wrong"}, "SASL authentication failed"),
        ({"user": "nobody"}, "SASL authentication failed"),
        ({"database": "airflow"}, "no such database: airflow"),
        ({"options": "-c work_mem=64kB"}, "unsupported startup parameter: options"),
    ],
)
def test_who_is_not_let_in_is_told_why(pooler, given, why):
    with pytest.raises(psycopg.OperationalError, match=why):
        pooler(1).connect(**given)


def test_a_server_that_the_bundle_does_not_verify_is_not_talked_to(pooler, tmp_path):
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    Authority(stranger, "Amazon RDS", public=True)
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        pooler(1, server_tls_ca_file=stranger / "ca.crt").connect()


@pytest.mark.parametrize("line", ["pool_mode = session", "auth_type = md5", "reserve_pool = 5"])
def test_what_it_does_not_know_is_refused(tmp_path, line):
    (tmp_path / "pgbouncer.ini").write_text(f"[pgbouncer]\n{line}\n")
    with pytest.raises(ConfigurationError, match=line.partition(" ")[0]):
        Configuration(tmp_path / "pgbouncer.ini")


def first_install(made, release):
    """What a first install does at once: who waits for the migration holds a transaction and asks for a second connection; so does the migration."""
    number, together = waiters(release), 3
    begun = threading.Barrier(number + 1)

    def hold(connections, more):
        with contextlib.ExitStack() as held:
            with contextlib.suppress(threading.BrokenBarrierError):
                for _ in range(connections):
                    backend(held.enter_context(made.connect()))
                begun.wait(1)
            for _ in range(more):
                backend(held.enter_context(made.connect()))

    with concurrent.futures.ThreadPoolExecutor(number + 1) as threads:
        jobs = [threads.submit(hold, 1, 1) for _ in range(number)] + [threads.submit(hold, together, MIGRATION - together)]
        return [job.exception() for job in jobs]


def test_the_pool_of_the_release_is_enough_for_a_first_install_and_ten_connections_are_not(pooler):
    release = values("airflow")
    began = time.monotonic()
    stuck = first_install(pooler(10, query_wait_timeout=4), release)
    assert any("query_wait_timeout" in str(error) for error in stuck), stuck
    assert time.monotonic() - began > 3
    assert first_install(pooler(pool_size(release), query_wait_timeout=4), release) == [None] * (waiters(release) + 1)
