"""
What stands for a container image: a directory tree of this machine, an entrypoint and a user.

A table of these is data of the node's settings. The longest prefix that an image's name starts with decides; an image that no prefix
fits has no process.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Image:
    """
    One kind of image.

    + prefix: of the image's name, as `docker.io/apache/airflow:3.2`
    + entrypoint, command: as a Dockerfile's ENTRYPOINT and CMD
    + user, group: numbers, as a Dockerfile's USER
    + directory: working directory
    + environment: variables
    + steps: what the image has besides the machine's own /usr (``machine.root`` tells them)
    + trust: files with the authorities it trusts, as `/home/airflow/.local/lib/python3.13/site-packages/certifi/cacert.pem`
    + users: lines of /etc/passwd besides root's and nobody's
    """

    prefix: str
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ("sh",)
    user: int = 0
    group: int = 0
    directory: str = "/"
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    steps: tuple[tuple, ...] = ()
    users: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()


SHELL = Image("docker.io/library/busybox:")
"""The machine's own shell and tools."""


def full_name(image: str) -> str:
    """An image's name as the registry knows it: `busybox` is `docker.io/library/busybox:latest`."""
    host, slash, _ = image.partition("/")
    if not {":", "@"} & set(image.rpartition("/")[2]):
        image += ":latest"
    if not slash:
        return f"docker.io/library/{image}"
    return image if {".", ":"} & set(host) or host == "localhost" else f"docker.io/{image}"


def find(images: Iterable[Image], name: str) -> Image | None:
    """What stands for an image, if anything does: a number at the end of a prefix is a whole one."""
    fitting = [image for image in images if re.match(re.escape(image.prefix) + r"(?<!\d(?=\d))", full_name(name))]
    return max(fitting, key=lambda image: len(image.prefix), default=None)
