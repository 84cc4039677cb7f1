"""pgbouncer.ini and users.txt."""

import re
import shlex
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

ONLY = {"pool_mode": "transaction", "auth_type": "scram-sha-256"}
NUMBERS = {
    "listen_port": 6432, "max_client_conn": 100, "default_pool_size": 20, "max_prepared_statements": 200, "query_wait_timeout": 120,
    "server_connect_timeout": 15,
}  # fmt: skip
TEXTS = {
    "listen_addr": "127.0.0.1", "auth_file": "", "server_tls_sslmode": "prefer", "server_tls_ca_file": "", "ignore_startup_parameters": "",
    "stats_users": "", "admin_users": "",
}  # fmt: skip
WITHOUT_EFFECT = {"verbose", "log_connections", "log_disconnections", "log_pooler_errors", "server_tls_ciphers", "stats_period", "logfile", "pidfile", "user"}


class ConfigurationError(Exception):
    """What is wrong with the configuration, in pgbouncer's words where it has some."""


@dataclass(frozen=True)
class Database:
    """One line of [databases]: where connections to it go, and how many there are."""

    name: str
    host: str
    port: int
    database: str
    pool_size: int


class Configuration:
    """
    Attributes are named as the settings are.

    + path: of pgbouncer.ini
    """

    def __init__(self, path: Path):
        parser = ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=(";", "#"), strict=False)
        parser.read_string(path.read_text())
        given = dict(parser["pgbouncer"]) if parser.has_section("pgbouncer") else {}
        for name, value in given.items():
            if ONLY.get(name, value) != value:
                raise ConfigurationError(f"this pooler has {name} {ONLY[name]} alone, not {value}")
            if name not in {*ONLY, *NUMBERS, *TEXTS, *WITHOUT_EFFECT}:
                raise ConfigurationError(f"unknown parameter: pgbouncer/{name}")
        for name, default in {**NUMBERS, **TEXTS}.items():
            setattr(self, name, type(default)(given.get(name, default)))
        lines = parser["databases"].items() if parser.has_section("databases") else ()
        self.databases = {name: self._database(name, line) for name, line in lines}
        self.users = read_users(Path(self.auth_file)) if self.auth_file else {}

    def _database(self, name: str, line: str) -> Database:
        given = dict(word.split("=", 1) for word in shlex.split(line))
        if unknown := given.keys() - {"host", "port", "dbname", "pool_size"}:
            raise ConfigurationError(f"unrecognized connection parameter: {min(unknown)}")
        port, size = int(given.get("port", 5432)), int(given.get("pool_size", self.default_pool_size))
        return Database(name, given.get("host", "127.0.0.1"), port, given.get("dbname", name), size)

    def listed(self, name: str) -> set[str]:
        """The words of a setting that is a list."""
        return {word.strip() for word in getattr(self, name).split(",") if word.strip()}


def read_users(path: Path) -> dict[str, str]:
    """The passwords of users.txt: `"user" "password"` on each line, quotes doubled."""
    found = re.findall(r'^\s*"((?:[^"]|"")*)"\s+"((?:[^"]|"")*)"', path.read_text(), re.MULTILINE)
    return {user.replace('""', '"'): password.replace('""', '"') for user, password in found}
