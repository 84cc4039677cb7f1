"""Airflow's metadata database."""

import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from . import regions
from .subject import Contradiction, Subject, Text, Version


def _check_certificates(file: Path) -> None:
    wanted = "wanted global, or a PEM file of certificates"
    try:
        text = file.read_text(encoding="ascii", errors="ignore")
    except OSError as error:
        raise ValueError(f"{'no such file' if isinstance(error, FileNotFoundError) else error.strerror}; {wanted}") from None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError):
        raise ValueError(f"the file holds no certificates, or broken ones; {wanted}") from None


class Database(Subject):
    """PostgreSQL on RDS, and the secrets kept in Secrets Manager."""

    db_instance_class: str
    db_engine_version: Version
    db_storage: Annotated[int, Field(ge=20, le=65536)]
    db_storage_max: Annotated[int, Field(ge=22, le=65536)] | None
    db_multi_az: bool
    db_backup_days: Annotated[int, Field(ge=0, le=35)]
    db_deletion_protection: bool
    db_ca_bundle: Text
    db_endpoint: str | None
    db_secret_arn: str | None
    backup_keep: Annotated[int, Field(ge=1, le=90)] | None
    secret_recovery_days: int

    @field_validator("db_instance_class")
    @classmethod
    def _db_instance_class(cls, value: str) -> str:
        if not re.fullmatch(r"db\.[a-z0-9]+\.[a-z0-9]+", value):
            raise ValueError("wanted an RDS instance class, as db.m6g.large")
        return value

    @field_validator("db_engine_version")
    @classmethod
    def _db_engine_version(cls, value: str) -> str:
        if not re.fullmatch(r"\d{2}(\.\d+)?", value) or int(value[:2]) < 14:
            raise ValueError("wanted PostgreSQL 14 or newer, as 17 or 17.6")
        return value

    @field_validator("db_ca_bundle")
    @classmethod
    def _db_ca_bundle(cls, value: str) -> str:
        if value != "global":
            _check_certificates(Path(value))
        return value

    @field_validator("db_endpoint")
    @classmethod
    def _db_endpoint(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+:\d{2,5}", value):
            raise ValueError("wanted host and port of a PostgreSQL server, as db.example.com:5432")
        return value

    @field_validator("db_secret_arn")
    @classmethod
    def _db_secret_arn(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+", value):
            raise ValueError("wanted the ARN of a secret in Secrets Manager")
        return value

    @field_validator("secret_recovery_days")
    @classmethod
    def _secret_recovery_days(cls, value: int) -> int:
        if value != 0 and not 7 <= value <= 30:
            raise ValueError("wanted 7 to 30 days, or 0 to delete secrets at once")
        return value

    @property
    def db_master(self) -> str:
        """The master user: used to make Airflow's own, by nothing else."""
        return "airflow_admin"

    @property
    def db_name(self) -> str:
        """Airflow's database and its user; on somebody else's server they carry the deployment's name."""
        return self.deployment.replace("-", "_") if self.db_endpoint else "airflow"

    @property
    def db_parameter_family(self) -> str:
        """The parameter group family of the engine version, `postgres17`."""
        return f"postgres{self.db_engine_version.partition('.')[0]}"

    @property
    def db_ca_bundle_address(self) -> str:
        """Where AWS publishes the certificates of RDS for the region's partition."""
        return regions.CA_BUNDLES[self.partition]

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields a storage limit that leaves no room to grow, a server without its secret, and a bundle AWS does not publish for the region."""
        yield from super().contradictions()
        if (self.db_endpoint is None) is not (self.db_secret_arn is None):
            given, missing = ("db_endpoint", "db_secret_arn") if self.db_endpoint else ("db_secret_arn", "db_endpoint")
            yield Contradiction(("db_endpoint", "db_secret_arn"), f"{given} is given and {missing} is None: a server that exists needs both")
        if self.db_ca_bundle == "global" and self.partition not in regions.CA_BUNDLES:
            yield Contradiction(
                ("db_ca_bundle", "region"),
                f"region is {self.region}: where AWS publishes RDS's certificates for {self.partition} is not known, set db_ca_bundle to a PEM file of them",
            )
        if self.db_storage_max is not None and self.db_storage_max < self.db_storage * 1.1:
            yield Contradiction(
                ("db_storage_max", "db_storage"),
                f"db_storage_max is {self.db_storage_max}: wanted at least a tenth more than db_storage {self.db_storage}, or None",
            )
