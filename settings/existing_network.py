"""A VPC that somebody else looks after: its subnets by what they are for, instead of a network of our own."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import Field, PrivateAttr, field_validator

from . import endpoints
from .defaults import defaults
from .network import LETTERS, Kind, Network, Subnet
from .subject import Contradiction, items

IN_PLACE_OF = {"private": "data", "internal": "private", "database": "private"}
"""The kind whose subnets serve where a kind has none of its own."""

KINDS = ("data", *IN_PLACE_OF, "public")
LAID_OUT = ("vpc_cidr", "secondary_cidr", "zones", "nat_gateways")
"""What is decided about a network of our own, and nothing about another's."""


class ExistingNetwork(Network):
    """The network as it is used: one of our own, or with `vpc_id` somebody else's, where every subnet is known by its id."""

    vpc_id: str | None
    subnet_choice: dict[str, Any] = Field(alias="subnets")
    _ranges: list[str] = PrivateAttr([])
    _chosen: dict[str, list[Subnet]] = PrivateAttr({})

    @field_validator("vpc_id")
    @classmethod
    def _vpc_id(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"vpc-[0-9a-f]{8,17}", value):
            raise ValueError("wanted the id of a VPC, as vpc-0a1b2c3d4e5f60718")
        return value

    @field_validator("subnet_choice")
    @classmethod
    def _subnet_choice(cls, value: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(value) - set(KINDS):
            raise ValueError(f"{min(unknown)} is no kind of subnets; wanted {', '.join(KINDS)}")
        return {kind: _choice(kind, choice) for kind, choice in value.items()}

    @property
    def vpc(self) -> str:
        """The VPC: the Name tag of our own, or the id of somebody else's."""
        return self.vpc_id or self.deployment

    @property
    def zones(self) -> list[str]:
        """Names of the availability zones with nodes."""
        return sorted({subnet.zone for subnet in self.subnets("data")}) if self.vpc_id else super().zones

    @property
    def ranges(self) -> list[str]:
        """The VPC's ranges; of somebody else's VPC once it has been looked at."""
        return self._ranges if self.vpc_id else [self.vpc_cidr, self.secondary_cidr]

    def subnets(self, kind: Kind) -> list[Subnet]:
        """
        Returns the subnets of a kind; of somebody else's VPC those that were chosen, by id.

        + kind: as in `Network.subnets`
        """
        if not self.vpc_id:
            return super().subnets(kind)
        if kind not in self.subnet_choice and kind in IN_PLACE_OF:
            return self.subnets(IN_PLACE_OF[kind])
        choice = self.subnet_choice.get(kind, [])
        unseen = [Subnet(number, f"{self.region}{letter}", "") for number, letter in zip(choice, LETTERS, strict=False)] if isinstance(choice, list) else []
        return self._chosen.get(kind, unseen)

    def one_in_each_zone(self, kind: Kind) -> list[Subnet]:
        """
        Returns the first subnet of a kind in each zone with nodes, for what there is one of in a zone: mount targets, load balancers.

        + kind: as in `subnets`
        """
        first = {subnet.zone: subnet for subnet in reversed(self.subnets(kind))}
        return [first[zone] for zone in self.zones if zone in first]

    def subnet_ids(self, kind: Kind) -> list[str]:
        """
        Returns the ids that were chosen in somebody else's VPC, whether or not it has them.

        + kind: as in `subnets`
        """
        choice = self.subnet_choice.get(kind)
        return choice if isinstance(choice, list) else [subnet.name for subnet in self.subnets(kind)]

    @property
    def isolated(self) -> bool:
        """Whether nodes and pods reach nothing but the VPC and the services it has endpoints of."""
        return self.vpc_endpoints and (self.vpc_id is not None or self.nat_gateways == "none")

    @property
    def called(self) -> list[str]:
        """The services of AWS that nodes and pods call, by the name of their endpoints: `ecr.api`."""
        switched = [name for switch, names in endpoints.SWITCHED.items() if getattr(self, switch) for name in names]
        return sorted({*endpoints.ALWAYS, *switched})

    def seen(self, ranges: list[str], subnets: list[dict]) -> "ExistingNetwork":
        """
        Returns the settings with what is in the VPC known.

        + ranges: its ranges
        + subnets: all its subnets, as EC2 describes them
        """
        known = self.model_copy()
        known._ranges = ranges
        known._chosen = {kind: [_subnet(one) for one in _ordered(subnets) if _is_of(one, choice)] for kind, choice in self.subnet_choice.items()}
        return known

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields what a network of somebody else's lacks, and what is decided about it that is not ours to decide."""
        if not self.vpc_id:
            yield from super().contradictions()
            if self.subnet_choice:
                yield Contradiction(("subnets", "vpc_id"), "subnets is given and vpc_id is None: give the VPC they are in")
            return
        laid_out = {"zones": self.zone_choice, **{name: getattr(self, name) for name in LAID_OUT if name != "zones"}}
        for name, value in laid_out.items():
            if value != defaults()[name] or not self.defaulted(name):
                yield Contradiction((name, "vpc_id"), f"{name} is given and vpc_id is {self.vpc_id}: leave it out, the VPC and its subnets decide")
        if not self.subnet_choice.get("data"):
            yield Contradiction(("subnets", "vpc_id"), f"subnets has no data and vpc_id is {self.vpc_id}: give the subnets of nodes and pods")
        if self.ingress_scheme == "internet-facing" and not self.subnet_choice.get("public"):
            line = "subnets has no public and ingress_scheme is 'internet-facing': give the subnets of load balancers on the internet"
            yield Contradiction(("subnets", "ingress_scheme"), line)


def _choice(kind: str, choice: Any) -> Any:
    if isinstance(choice, dict) and choice and all(isinstance(text, str) for pair in choice.items() for text in pair):
        return choice
    ids = items(choice)
    if not isinstance(ids, list) or not ids or not all(re.fullmatch(r"subnet-[0-9a-f]{8,17}", str(one)) for one in ids) or len(set(ids)) < len(ids):
        raise ValueError(f"wanted ids of subnets for {kind}, as subnet-0a1b2c3d4e5f60718, or the tags they have, as {{'tier': 'private'}}")
    return ids


def _ordered(subnets: list[dict]) -> list[dict]:
    return sorted(subnets, key=lambda one: (one["AvailabilityZone"], one["SubnetId"]))


def _is_of(subnet: dict, choice: Any) -> bool:
    if isinstance(choice, list):
        return subnet["SubnetId"] in choice
    return choice.items() <= {tag["Key"]: tag["Value"] for tag in subnet.get("Tags") or ()}.items()


def _subnet(subnet: dict) -> Subnet:
    return Subnet(subnet["SubnetId"], subnet["AvailabilityZone"], subnet["CidrBlock"])
