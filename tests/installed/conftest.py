"""The project installed as a package, on the interpreters of this machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = str(Path(sys.executable).with_name("uv"))
VERSIONS = ("3.10", "3.13", "3.14")
"""The oldest that is supported, the first that verifies strictly, and the newest."""


def interpreter(version: str) -> str | None:
    """A Python of this version: of the PATH, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for found in filter(None, [shutil.which(f"python{version}"), *map(str, pyenv.glob(f"versions/{version}.*/bin/python"))]):
        if subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            return found
    return None


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """What `pip install .` installs."""
    directory = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--quiet", "--wheel", "--out-dir", directory, ROOT], check=True)
    return next(directory.glob("*.whl"))


@pytest.fixture(scope="session", params=VERSIONS)
def installed(request, wheel, tmp_path_factory) -> Path:
    """The programs of an environment that has the package and knows no checkout."""
    if not (python := interpreter(request.param)):
        pytest.skip(f"no Python {request.param} on the PATH or among pyenv's")
    environment = tmp_path_factory.mktemp(f"python{request.param}")
    subprocess.run([UV, "venv", "--quiet", "--allow-existing", "--python", python, environment], check=True)
    subprocess.run([UV, "pip", "install", "--quiet", "--python", environment / "bin/python", f"{wheel}[sandbox]"], check=True)
    return environment / "bin"


@pytest.fixture(scope="session")
def account(installed, tmp_path_factory):
    """The installed sandbox, without Kubernetes: the environment in which it is found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "KUBECONFIG", "VIRTUAL_ENV"))}
    environment = {**kept, "AIRFLOW_ON_EKS_SANDBOX": str(tmp_path_factory.mktemp("sandbox") / "home"), "PYINFRA_PROGRESS": "off"}
    sandbox = [installed / "python", "-m", "sandbox"]
    subprocess.run([*sandbox, "up", "--no-kubernetes"], cwd=installed, env=environment, check=True, capture_output=True)
    yield environment
    subprocess.run([*sandbox, "down"], cwd=installed, env=environment, check=True, capture_output=True)
