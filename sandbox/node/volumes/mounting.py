"""A pod's volumes as directories of this machine."""

import os
from pathlib import Path

from sandbox.node.containers.environment import expand
from sandbox.node.containers.references import ConfigError
from sandbox.node.volumes import content, writer


class NotYet(Exception):
    """What a pod's volumes wait for, in a kubelet's words."""


class Volumes:
    """
    The volumes of one pod.

    + directory: the pod's own
    + claims: where the directories of persistent volumes are
    """

    def __init__(self, cluster, tokens, pod: dict, directory: Path, claims: Path):
        self._cluster, self._tokens, self._pod = cluster, tokens, pod
        self._directory, self._claims = directory / "volumes", claims

    async def mount(self, address: str) -> None:
        """Have all of them ready, and their files as they are now. Raises NotYet."""
        for volume in self._pod["spec"].get("volumes") or ():
            try:
                await self._one(volume, address)
            except ConfigError as error:
                raise NotYet(f'MountVolume.SetUp failed for volume "{volume["name"]}" : {error}') from None

    async def _one(self, volume: dict, address: str) -> None:
        if self._is_written(volume["name"]):
            files = await content.files(self._cluster, self._tokens, self._pod, address, volume)
            writer.write(self._directory / volume["name"], files)
        else:
            self.path(volume["name"]).mkdir(parents=True, exist_ok=True)

    def _volume(self, name: str) -> dict:
        return next(each for each in self._pod["spec"]["volumes"] if each["name"] == name)

    def _is_written(self, name: str) -> bool:
        """Whether a volume's files are the kubelet's, which no container writes."""
        return bool(set(content.WRITTEN) & self._volume(name).keys())

    def path(self, name: str) -> Path:
        """The directory of a volume."""
        volume = self._volume(name)
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if "ephemeral" in volume:
            claim = f"{self._pod['metadata']['name']}-{name}"
        if claim:
            return self._claims / self._volume_of(claim)
        if "emptyDir" in volume or self._is_written(name):
            return self._directory / name
        kind = next(iter(volume.keys() - {"name"}))
        raise ConfigError(f"the sandbox's node has no volumes of kind {kind}")

    def _volume_of(self, claim: str) -> str:
        found = self._cluster.find("persistentvolumeclaims", self._pod["metadata"]["namespace"], claim)
        if found is None:
            raise ConfigError(f'persistentvolumeclaim "{claim}" not found')
        if found.get("status", {}).get("phase") != "Bound":
            raise ConfigError(f'PersistentVolumeClaim is not bound: "{self._pod["metadata"]["namespace"]}/{claim}"')
        return found["spec"]["volumeName"]

    def steps(self, container: dict, variables: dict[str, str]) -> list[list]:
        """The steps (``machine.root``) that mount them into a container, outer directories first. Raises ConfigError."""
        made = []
        for mount in sorted(container.get("volumeMounts") or (), key=lambda mount: mount["mountPath"].rstrip("/").count("/")):
            source = self.path(mount["name"]).resolve()
            below = expand(mount["subPathExpr"], variables) if mount.get("subPathExpr") else mount.get("subPath")
            if below:
                source = _below(source, below)
            made.append(["bind", str(source), mount["mountPath"], bool(mount.get("readOnly")) or self._is_written(mount["name"])])
        return made


def _below(volume: Path, path: str) -> Path:
    found = Path(os.path.realpath(volume / path))
    if not found.is_relative_to(volume):
        raise ConfigError(f"subPath {path} leads out of its volume")
    if not found.exists():
        found.mkdir(parents=True)
    return found
