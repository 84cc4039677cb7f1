"""What the machine is told to start for a container of a pod."""

from pathlib import Path

from sandbox.node.containers import base
from sandbox.node.containers.environment import environment, expand
from sandbox.node.containers.references import ConfigError
from sandbox.node.identity.trust import BUNDLE
from sandbox.node.images import Image
from sandbox.node.network import addresses
from sandbox.node.volumes.mounting import Volumes

TERMINATION_LOG = "/dev/termination-log"


def describe(cluster, pod: dict, container: dict, image: Image, volumes: Volumes, directory: Path, address: str) -> dict:
    """
    The fields of ``machine.processes.run``, but for the network. Raises ConfigError.

    + cluster: what the API server says
    + directory: of this container, for its files in /etc
    + address: of the pod
    """
    name = pod["spec"].get("hostname") or pod["metadata"]["name"]
    variables = {"HOSTNAME": name, **image.environment, **environment(cluster, pod, container, address)}
    context = {**(pod["spec"].get("securityContext") or {}), **(container.get("securityContext") or {})}
    user, group = context.get("runAsUser", image.user), context.get("runAsGroup", image.group)
    if context.get("runAsNonRoot") and user == 0:
        raise ConfigError("container has runAsNonRoot and image will run as root")
    files = _own_files(pod, image, address, name, user, group)
    files |= {TERMINATION_LOG: ""} if container.get("terminationMessagePath", TERMINATION_LOG) == TERMINATION_LOG else {}
    bundle = str(Path(BUNDLE).resolve())
    trusted = [["bind", bundle, path, True] for path in image.trust]
    return {
        "argv": argv(container, image, variables),
        "environment": variables,
        "directory": container.get("workingDir") or image.directory,
        "user": user,
        "group": group,
        "hostname": name,
        "read_only": bool(context.get("readOnlyRootFilesystem")),
        "steps": [*base.steps(bundle), *_written(files, directory), *map(list, image.steps), *trusted, *volumes.steps(container, variables)],
    }


def argv(container: dict, image: Image, variables: dict[str, str]) -> list[str]:
    """The command: the spec's, else the image's, by the rules of Kubernetes."""
    given, arguments = container.get("command"), container.get("args")
    command = given or list(image.entrypoint)
    arguments = arguments or ([] if given else list(image.command))
    return [expand(word, variables) for word in [*command, *arguments]]


def _own_files(pod: dict, image: Image, address: str, name: str, user: int, group: int) -> dict[str, str]:
    users = image.users
    if not any(line.split(":")[2] == str(user) for line in (base.ROOT, base.NOBODY, *users)):
        users = (*users, f"user:x:{user}:{group}::/:/bin/sh")
    passwd, groups = base.users(users)
    return {
        "/etc/hosts": base.hosts(address, pod),
        "/etc/resolv.conf": base.resolver(pod["metadata"]["namespace"], addresses.DNS),
        "/etc/hostname": f"{name}\n",
        "/etc/nsswitch.conf": base.NSSWITCH,
        "/etc/passwd": passwd,
        "/etc/group": groups,
    }


def _written(files: dict[str, str], directory: Path) -> list[list]:
    made = []
    for path, text in files.items():
        file = directory / "files" / Path(path).name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        made.append(["bind", str(file.resolve()), path, False])
    return made
