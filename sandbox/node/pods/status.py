"""A pod's status, as a kubelet reports it."""

import hashlib
from dataclasses import dataclass, field

from sandbox.node.pods.times import now

OWN = ("PodReadyToStartContainers", "Initialized", "ContainersReady", "Ready")
"""The conditions that are a kubelet's; others keep theirs."""


@dataclass
class Condition:
    """How one container is: what ContainerStatus has."""

    container: dict
    state: dict
    restarts: int = 0
    ready: bool = False
    started: bool = False
    last: dict = field(default_factory=dict)

    def recover(self, status: dict) -> None:
        """Take over what the status of its pod says of it: it has run on a node that has ended since, if it has run."""
        told = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
        known = next((each for each in told if each["name"] == self.container["name"]), {})
        if known.get("containerID") and "terminated" not in known["state"]:
            message = "The container could not be located when the pod was terminated"
            ended = {"exitCode": 137, "reason": "ContainerStatusUnknown", "message": message, "startedAt": None, "finishedAt": None}
            self.restarts, self.last = known["restartCount"] + 1, {"terminated": ended}

    @property
    def running(self) -> bool:
        return "running" in self.state

    @property
    def exit_code(self) -> int | None:
        """What it ended with, if it has ended and waits for nothing."""
        return self.state.get("terminated", {}).get("exitCode")

    def to_status(self, uid: str) -> dict:
        image, name = self.container["image"], self.container["name"]
        identity = hashlib.sha256(f"{uid}/{name}/{self.restarts}".encode()).hexdigest()
        digest = hashlib.sha256(image.encode()).hexdigest()
        state = {kind: {**told, **({"containerID": f"process://{identity}"} if kind == "terminated" else {})} for kind, told in self.state.items()}
        return {
            "name": name,
            "image": image,
            "imageID": f"{image}@sha256:{digest}",
            "containerID": "" if "waiting" in self.state and not self.last else f"process://{identity}",
            "ready": self.ready,
            "started": self.started,
            "restartCount": self.restarts,
            "state": state,
            "lastState": self.last,
        }


@dataclass
class PodStatus:
    """How a pod is."""

    pod: dict
    initial: list[Condition]
    main: list[Condition]
    started: str = field(default_factory=now)
    address: str = ""
    host: str = ""
    initialized: bool = False
    over: bool = False

    @property
    def phase(self) -> str:
        if self.over:
            succeeded = all(container.exit_code == 0 for container in self.main)
            return "Succeeded" if succeeded else "Failed"
        alive = any("waiting" not in container.state or container.restarts for container in self.main)
        return "Running" if self.initialized and alive else "Pending"

    def to_status(self) -> dict:
        uid = self.pod["metadata"]["uid"]
        return {
            "phase": self.phase,
            "startTime": self.started,
            **({"hostIP": self.host, "hostIPs": [{"ip": self.host}]} if self.host else {}),
            **({"podIP": self.address, "podIPs": [{"ip": self.address}]} if self.address else {}),
            "qosClass": self.pod.get("status", {}).get("qosClass"),
            "initContainerStatuses": [container.to_status(uid) for container in self.initial],
            "containerStatuses": [container.to_status(uid) for container in self.main],
            "conditions": self._conditions(),
        }

    def _conditions(self) -> list[dict]:
        known = {condition["type"]: condition for condition in self.pod.get("status", {}).get("conditions") or ()}
        gates = [gate["conditionType"] for gate in self.pod["spec"].get("readinessGates") or ()]
        unready = [container.container["name"] for container in self.main if not container.ready]
        waits = [container.container["name"] for container in self.initial if container.exit_code != 0 and not container.ready]
        why = None
        if self.over:
            why = {"reason": "PodCompleted"}
        elif unready:
            why = {"reason": "ContainersNotReady", "message": f"containers with unready status: [{' '.join(unready)}]"}
        incomplete = {"reason": "ContainersNotInitialized", "message": f"containers with incomplete status: [{' '.join(waits)}]"}
        told = {
            "PodReadyToStartContainers": _condition(bool(self.address) and not self.over),
            "Initialized": _condition(self.initialized, None if self.initialized else incomplete),
            "ContainersReady": _condition(not unready and not self.over, why),
            "Ready": _condition(not unready and not self.over, why),
            **{gate: _condition(True) for gate in gates},
        }
        for kind, condition in told.items():
            before = known.get(kind, {})
            changed = before.get("status") != condition["status"]
            condition |= {"type": kind, "lastProbeTime": None, "lastTransitionTime": now() if changed else before["lastTransitionTime"]}
        return list({**known, **told}.values())


def _condition(true: bool, why: dict | None = None) -> dict:
    return {"status": "True" if true else "False", **(why or {})}
