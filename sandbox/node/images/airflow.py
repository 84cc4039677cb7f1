"""The images of the Airflow release."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sandbox import pooler
from sandbox.node.images import Image

PROGRAMS = Path(__file__).resolve().parent / "programs"
HOME, PATH, OWN = "/home/airflow", "/usr/local/bin:/usr/bin:/bin", "/image"
AIRFLOW, STATSD = "docker.io/apache/airflow:", "quay.io/prometheus/statsd-exporter:"
NOBODY = {"command": (), "user": 65534, "group": 65534, "environment": {"PATH": f"{OWN}/bin:{PATH}", "HOME": "/"}}
OLDEST_PGBOUNCER = (1, 21)
"""The first that knows max_prepared_statements."""


def images(environment: Path, version: str, statsd: Path) -> tuple[Image, ...]:
    """
    What stands for the images of a release of Airflow.

    + environment: of Airflow, whole and where it stays
    + version: of that Airflow
    + statsd: the directory of Prometheus's statsd_exporter
    """
    return (airflow(environment, version), *_pgbouncer(_python(environment)), _statsd((statsd / "statsd_exporter").resolve()))


def version_of(image: str) -> str | None:
    """Which Airflow an image's full name says it has, if it is an official one."""
    found = re.match(re.escape(AIRFLOW) + r"(3\.\d+\.\d+)(-.*)?$", image)
    return found[1] if found else None


def airflow(environment: Path, version: str) -> Image:
    """
    What stands for the official image of Airflow.

    + environment: of that Airflow, whole and where it stays
    + version: its version
    """
    packages = next(environment.glob("lib/python*/site-packages")).relative_to(environment)
    bundles = [f"{HOME}/.local/{packages}/{package}/cacert.pem" for package in ("certifi", "botocore") if (environment / packages / package).is_dir()]
    return Image(
        prefix=f"{AIRFLOW}{version}",
        entrypoint=("dumb-init", "--", "/entrypoint"),
        command=(),
        user=50000,
        directory="/opt/airflow",
        environment={
            "PATH": f"{HOME}/.local/bin:{PATH}",
            "HOME": HOME,
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "AIRFLOW_HOME": "/opt/airflow",
            "AIRFLOW_UID": "50000",
            "AIRFLOW_USER_HOME_DIR": HOME,
            "AIRFLOW_VERSION": version,
            "DUMB_INIT_SETSID": "1",
            "GUNICORN_CMD_ARGS": "--worker-tmp-dir /dev/shm",
            "PYTHONUNBUFFERED": "",
        },
        steps=(
            *_python(environment),
            *(("directory", f"/opt/airflow{name}", 0o775) for name in ("", "/config", "/dags", "/logs", "/plugins")),
            *(("bind", str(PROGRAMS / name), f"/{name}", True) for name in ("entrypoint", "clean-logs")),
        ),
        users=(f"airflow:x:50000:0:airflow:{HOME}:/bin/bash",),
        trust=tuple(bundles),
    )


def _python(environment: Path) -> tuple[tuple, ...]:
    """The environment where the image has it, and the Python it is of where /usr does not hold that."""
    base = os.path.dirname(os.path.dirname(os.path.realpath(environment / "bin/python")))
    mounted = ("bind", str(environment.resolve()), f"{HOME}/.local", True)
    return (mounted,) if base == "/usr" else (("bind", base, base, True), mounted)


def _pgbouncer(python: tuple[tuple, ...]) -> tuple[Image, Image]:
    """pgbouncer where the machine has one that is new enough, else a pooler in its place; and its exporter."""
    bind = lambda name: ("bind", str(PROGRAMS / name), f"{OWN}/bin/{name}", True)  # noqa: E731
    own = () if has_pgbouncer() else (*python, bind("pgbouncer"), ("bind", str(Path(pooler.__file__).resolve().parent), f"{OWN}/sandbox/pooler", True))
    return (
        Image(f"{AIRFLOW}airflow-pgbouncer-", steps=own, **NOBODY),
        Image(f"{AIRFLOW}airflow-pgbouncer-exporter-", entrypoint=("pgbouncer_exporter",), steps=(*python, bind("pgbouncer_exporter")), **NOBODY),
    )


def has_pgbouncer() -> bool:
    """Whether /usr has a pgbouncer that understands the release's configuration."""
    found = shutil.which("pgbouncer", path="/usr/local/sbin:/usr/sbin:" + PATH)
    said = subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
    version = re.search(r"PgBouncer (\d+)\.(\d+)", said)
    return bool(version) and tuple(map(int, version.groups())) >= OLDEST_PGBOUNCER


def _statsd(program: Path) -> Image:
    return Image(STATSD, entrypoint=("statsd_exporter",), steps=(("bind", str(program), f"{OWN}/bin/statsd_exporter", True),), **NOBODY)
