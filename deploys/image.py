"""
Bakes a team's packages into Airflow's image and pushes it: ``make image INVENTORY=inventories/x.py``.

The image is the official one of `airflow_version` with the file `airflow_packages` installed; its tag follows from both, so that install takes
another image when either changes. It is built with what is there of docker, podman and buildah; without, the commands are printed.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from pyinfra.api import State
from pyinfra.context import ctx_state
from pyinfra_cli.inventory import make_inventory_from_files

from settings import Settings, SettingsError
from settings.team import OFFICIAL

TOOLS = ("docker", "podman", "buildah")
DOCKERFILE = """\
FROM {base}
COPY requirements.txt /requirements.txt
RUN pip install --no-cache-dir "apache-airflow=={version}" -r /requirements.txt
"""
"""Airflow is named again, so that no package takes another release of it along. Source: https://airflow.apache.org/docs/docker-stack/build.html"""


def main(words: list[str] | None = None) -> int:
    """
    Build and push the image of every deployment of an inventory that has packages; the exit code tells whether all are pushed.

    + words: the command line's, without the program
    """
    parser = argparse.ArgumentParser(prog="python -m deploys.image", description="Bake a team's packages into Airflow's image.")
    parser.add_argument("inventory", type=Path, help="a file, as inventories/dev.py")
    inventory = parser.parse_args(words).inventory
    if not inventory.is_file():
        parser.error(f"{inventory}: no such file")
    try:
        wanted = {settings.image_of_airflow: settings for settings in of_inventory(inventory) if settings.airflow_packages}
    except SettingsError as error:
        parser.exit(1, f"{error}\n")
    if not wanted:
        parser.exit(1, f"no deployment of {inventory} has airflow_packages: name a requirements file, and in airflow_image the repository to push to\n")
    tool = next(filter(shutil.which, TOOLS), None)
    for image, settings in wanted.items():
        commands = [[tool or TOOLS[0], "build", "--tag", image, str(context(settings))], [tool or TOOLS[0], "push", image]]
        for command in commands:
            print(shlex.join(command), flush=True)
            if tool and subprocess.run(command).returncode:
                print(f"{image} is not pushed: {tool} {command[1]} failed", file=sys.stderr)
                return 1
    if not tool:
        print(f"none of {', '.join(TOOLS)} is on the PATH: run this where one is", file=sys.stderr)
    return 0 if tool else 1


def of_inventory(inventory: Path) -> list[Settings]:
    """
    The settings of every deployment of an inventory; raises `SettingsError`.

    + inventory: its file
    """
    with ctx_state.use(State()):
        hosts = list(make_inventory_from_files(str(inventory), {}))
        return [Settings.of(host.data.dict(), inventory=inventory.parent) for host in hosts]


def context(settings: Settings) -> Path:
    """
    What the image is built from: a folder with the Dockerfile and the packages.

    + settings: of the deployment
    """
    folder = Path("build/image", settings.image_of_airflow.rpartition(":")[2])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Dockerfile").write_text(DOCKERFILE.format(base=settings.image(f"{OFFICIAL}:{settings.airflow_version}"), version=settings.airflow_version))
    shutil.copy(settings.airflow_packages, folder / "requirements.txt")
    return folder


if __name__ == "__main__":
    sys.exit(main())
