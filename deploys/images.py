"""
Lists the images of charts and jobs, or copies them into a registry: ``make images`` and ``make images TO=<registry/prefix>``, then the setting
``image_registry``. EKS's own add-ons are not among them: their images are in AWS's registries of the region.

Copies keep their digests and all their platforms. Without skopeo, crane or docker the commands are printed for a machine that has one.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys

import yaml

from connectors.kubernetes.manifest import values
from connectors.tools import tools
from deploys.platform import platform
from deploys.want import Want
from operations.helm import origin_of
from settings import STAND_IN, Settings

EVERYTHING = {"enable_airflow_spark_example": True, "enable_spark_history_server": True, "task_placement": "karpenter", "endpoint_public": False}
IMAGE = re.compile(r"""(?:\bimage: |-config-reloader=)["']?([^\s"',{}]+)""")
DIGESTS = {
    "skopeo": ["skopeo", "inspect", "--no-tags", "--format", "{{.Digest}}", "docker://{image}"],
    "crane": ["crane", "digest", "{image}"],
    "docker": ["docker", "buildx", "imagetools", "inspect", "--format", "{{{{.Manifest.Digest}}}}", "{image}"],
}
COPIES = {
    "skopeo": ["skopeo", "copy", "--all", "docker://{image}", "docker://{copy}"],
    "crane": ["crane", "copy", "{image}", "{copy}"],
    "docker": ["docker", "buildx", "imagetools", "create", "--tag", "{copy}", "{image}"],
}
"""How each tool does it, in the order they are chosen."""

IS_HERE = {name: [name, "buildx", "version"] if name == "docker" else [name, "--version" if name == "skopeo" else "version"] for name in COPIES}


def main(words: list[str] | None = None) -> int:
    """
    List or copy every image; the exit code tells whether all could be.

    + words: the command line's, without the program
    """
    parser = argparse.ArgumentParser(prog="python -m deploys.images", description="List the images, or copy them into a registry.")
    parser.add_argument("to", nargs="?", help="registry and prefix, as 123456789012.dkr.ecr.us-west-2.amazonaws.com/mirror (log in with the tool first)")
    parser.add_argument("--charts", help="where the charts come from instead of upstream, as the setting chart_mirror")
    options = parser.parse_args(words)
    settings = Settings.of({**STAND_IN, **EVERYTHING, **({"chart_mirror": options.charts} if options.charts else {})})
    try:
        found = upstream(settings)
    except (OSError, tools.ToolMissing, subprocess.CalledProcessError) as error:
        parser.exit(1, f"{tools.complaint('helm', error.stderr) if isinstance(error, subprocess.CalledProcessError) else error}\n")
    tool = next((name for name, probe in IS_HERE.items() if shutil.which(name) and subprocess.run(probe, capture_output=True).returncode == 0), None)
    work = DIGESTS if options.to is None else COPIES
    failed = [image for image in found if not _done(work.get(tool or ""), image, options.to)]
    if tool is None:
        what = "run the commands above where skopeo is" if options.to else "their digests are not known"
        print(f"neither skopeo, crane nor docker with buildx is here: {what}", file=sys.stderr)
    if failed:
        print(f"{len(failed)} of {len(found)} images failed, {tool} says why above", file=sys.stderr)
    return 1 if failed else 0


def upstream(settings: Settings) -> list[str]:
    """
    The images of every release and job, by upstream's names, each with its registry.

    + settings: of a deployment with everything on
    """
    releases = [want for want in platform(settings) if want.kind == "helm.release" and want.present]
    named = {image for release in releases for image in IMAGE.findall(_rendered(settings, release))}
    own = [settings.image(image) for image in (settings.image_of_airflow, settings.spark_image)]
    return sorted({_whole(image) for image in {*named, *own}})


def _rendered(settings: Settings, release: Want) -> str:
    fields = release.fields
    command = [tools.path("helm"), "template", release.subject, *origin_of(fields["chart"], fields["version"], fields["source"])]
    command += ["--namespace", fields["namespace"], "--kube-version", settings.kubernetes_version, "--skip-tests", "--values", "-"]
    given = yaml.safe_dump(_plain(values(release.subject, fields.get("overlay"))))
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout


def _plain(value):
    """Values with a word for what is known only when they are sent."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int, float)) else "later"


def _whole(image: str) -> str:
    return image if "." in image.partition("/")[0] else f"docker.io/{image}"


def _done(command: list[str] | None, image: str, to: str | None) -> bool:
    """Tell an image with its digest, or copy it; print what would do it where there is no tool."""
    target = f"{to}/{image}" if to else ""
    if command is None:
        print(" ".join(COPIES["skopeo"]).format(image=image, copy=target) if to else image)
        return True
    ran = subprocess.run([word.format(image=image, copy=target) for word in command], capture_output=True, text=True)
    if ran.returncode:
        print(f"{image}: {tools.complaint(command[0], ran.stderr)}", file=sys.stderr, flush=True)
    else:
        print(f"{image} -> {target}" if to else f"{image.partition('@')[0]}@{ran.stdout.strip()}", flush=True)
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
