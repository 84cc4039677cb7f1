"""What a node is told when it starts: a file in its directory, readable by its owner alone."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sandbox.node.images import SHELL, Image

FILE = "settings.json"


@dataclass(frozen=True)
class Settings:
    """
    What a node is, and where the world is outside of its machine.

    + cluster, region: of the EKS cluster
    + kubeconfig: path of its administrator's
    + namespaces: whose pods are processes
    + kubernetes_port, aws_port: of the API server and of the AWS endpoint, on 127.0.0.1
    + images: what stands for which image
    + published: port of 127.0.0.1 -> host and port in the machine (`airflow-api-server.airflow.svc.cluster.local:8080`)
    + stretch: how many times longer an exec probe may take, and how much rarer it is: each starts a Python
    """

    cluster: str
    region: str
    kubeconfig: str
    namespaces: tuple[str, ...]
    kubernetes_port: int
    aws_port: int
    images: tuple[Image, ...] = (SHELL,)
    published: dict[int, str] = field(default_factory=dict)
    stretch: int = 10

    def write(self, directory: Path) -> None:
        with open(os.open(directory / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file)

    @classmethod
    def read(cls, directory: Path) -> "Settings":
        document = json.loads((directory / FILE).read_text())
        images = tuple(Image(**image) for image in document.pop("images"))
        published = {int(port): target for port, target in document.pop("published").items()}
        return cls(**{**document, "namespaces": tuple(document["namespaces"])}, images=images, published=published)
