"""
Stands for docker where images are Python environments: ``python -m sandbox.docker build --tag NAME CONTEXT`` and ``push NAME``.

It builds what ``make image`` asks for, packages on top of Airflow's image, and nothing else. A cluster whose node starts later runs it.
"""

import argparse
import hashlib
import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from sandbox.airflow import VERSION, environment
from sandbox.home import home, read_daemon
from sandbox.node.images import Image, full_name

BASE = f"apache/airflow:{VERSION}"
PACKAGES = "/packages"
"""Where they are in the image."""


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.docker", description="Images of Airflow with packages.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    build_parser = verbs.add_parser("build")
    build_parser.add_argument("--tag", required=True)
    build_parser.add_argument("context", type=Path)
    verbs.add_parser("push").add_argument("tag")
    options = parser.parse_args(words)
    try:
        if options.verb == "build":
            build(options.tag, options.context)
        elif options.tag not in _listed():
            raise ValueError(f"there is no image {options.tag}")
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    return 0


def build(tag: str, context: Path) -> None:
    """
    Install an image's packages.

    + tag: the image's name
    + context: the folder with its Dockerfile

    Raises ValueError for a Dockerfile that does more, and without a sandbox.
    """
    if not read_daemon():
        raise ValueError("no sandbox is up that could run the image: python -m sandbox up --pods processes")
    folder = home() / "images" / hashlib.sha256(tag.encode()).hexdigest()[:16]
    from uv import find_uv_bin

    python = environment() / "bin/python"
    command = [find_uv_bin(), "pip", "install", "--quiet", "--python", str(python), "--target", str(folder), *_packages(context)]
    done = subprocess.run(command, cwd=context, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(done.stderr.strip().splitlines()[-1])
    (home() / "images.json").write_text(json.dumps({**_listed(), tag: str(folder)}))


def built(airflow: Image) -> tuple[Image, ...]:
    """
    What stands for the images that were built.

    + airflow: the one they begin with
    """
    packages = {"environment": {**airflow.environment, "PYTHONPATH": PACKAGES}}
    return tuple(
        replace(airflow, prefix=full_name(tag), steps=(*airflow.steps, ("bind", folder, PACKAGES, True)), **packages) for tag, folder in _listed().items()
    )


def _packages(context: Path) -> list[str]:
    """What pip is told to install, files beside the Dockerfile."""
    lines = [shlex.split(line) for line in (context / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    said = [" ".join(line[:2]) for line in lines]
    if said != [f"FROM {BASE}", "COPY requirements.txt", "RUN pip"] or lines[2][2] != "install":
        raise ValueError(f"wanted a Dockerfile that begins with {BASE}, copies requirements.txt and installs it with pip")
    return [word.removeprefix("/") for word in lines[2][3:] if word not in ("--no-cache-dir", f"apache-airflow=={VERSION}")]


def _listed() -> dict[str, str]:
    listed = home() / "images.json"
    return json.loads(listed.read_text()) if listed.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
