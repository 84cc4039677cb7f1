"""What EKS knows of each account and region."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

from sandbox.aws.call import Call
from sandbox.aws.eks.errors import not_found

Description = dict[str, Any]
"""A thing as EKS describes it."""


@dataclass
class Update:
    """`of` is what is updated: (nodegroupName, addonName), empty for the cluster itself."""

    description: Description
    of: tuple[str | None, str | None]


@dataclass
class Nodegroup:
    description: Description
    instances: list[str] = field(default_factory=list)
    group: str = ""
    refusal: str = ""
    nodes: list[Any] = field(default_factory=list)


@dataclass
class Cluster:
    description: Description
    account: str
    region: str
    creator: str
    nodegroups: dict[str, Nodegroup] = field(default_factory=dict)
    addons: dict[str, Description] = field(default_factory=dict)
    access_entries: dict[str, Description] = field(default_factory=dict)
    access_policies: dict[str, dict[str, Description]] = field(default_factory=dict)
    associations: dict[str, Description] = field(default_factory=dict)
    updates: dict[str, Update] = field(default_factory=dict)
    insights: list[Description] = field(default_factory=list)
    refresh: Description = field(default_factory=dict)
    upgraded: float | None = None
    own_addons: bool = False
    security_group: str = ""
    interfaces: list[str] = field(default_factory=list)
    plane: Any = None
    controllers: list[Any] = field(default_factory=list)
    node: Any = None

    @property
    def name(self) -> str:
        return self.description["name"]

    @property
    def status(self) -> str:
        return self.description["status"]

    def arn(self, kind: str, *parts: str) -> str:
        return f"arn:aws:eks:{self.region}:{self.account}:{kind}/" + "/".join((self.name, *parts))

    def tagged(self) -> Iterator[tuple[str, Description]]:
        """The resource type and description of the cluster and of all it has."""
        yield "cluster", self.description
        for nodegroup in self.nodegroups.values():
            yield "nodegroup", nodegroup.description
        for kind, things in (
            ("addon", self.addons),
            ("access-entry", self.access_entries),
            ("podidentityassociation", self.associations),
        ):
            for thing in things.values():
                yield kind, thing

    def summary(self) -> Description:
        keys = ("name", "status", "version", "endpoint")
        kubeconfig = self.plane.kubeconfig if self.plane else None
        processes = self.node.told() if self.node else {}
        return {key: self.description.get(key) for key in keys} | {"region": self.region, "kubeconfig": kubeconfig, "processes": processes}


ARNS = ("arn", "nodegroupArn", "addonArn", "accessEntryArn", "associationArn")


def arn_of(description: Description) -> str:
    return next(description[key] for key in ARNS if key in description)


class EksBackend(BaseBackend, TaggableResourcesMixin):
    SERVICE_NAMESPACE = "eks"

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.clusters: dict[str, Cluster] = {}
        self.tokens: dict[tuple[str, str], tuple[Any, Any]] = {}

    def find(self, name: str) -> Cluster:
        if name not in self.clusters:
            raise not_found(f"No cluster found for name: {name}.", clusterName=name)
        return self.clusters[name]

    def find_arn(self, arn: str) -> Description:
        for cluster in self.clusters.values():
            for _, description in cluster.tagged():
                if arn_of(description) == arn:
                    return description
        raise not_found(f"No resource found for arn: {arn}")

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        for cluster in self.clusters.values():
            for kind, description in cluster.tagged():
                yield TaggedResource(arn_of(description), description.get("tags") or {}, f"eks:{kind}")

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        self.find_arn(arn).setdefault("tags", {}).update(tags)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        for key in tag_keys:
            self.find_arn(arn)["tags"].pop(key, None)


eks_backends = BackendDict(EksBackend, "eks")


def backend_of(call: Call) -> EksBackend:
    return eks_backends[call.account][call.region]


def cluster_of(call: Call) -> Cluster:
    """The cluster that `clusterName` or `name` names."""
    return backend_of(call).find(call.params.get("clusterName") or call.params["name"])


def all_clusters() -> list[Cluster]:
    return [cluster for regions in list(eks_backends.values()) for backend in list(regions.values()) for cluster in backend.clusters.values()]
