"""The VPC's ranges and zones, and the subnets that follow from them."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_validator

from .roles import Roles
from .subject import Cidr, Contradiction, items

LETTERS = "abcdefgh"
Kind = Literal["public", "private", "internal", "data", "database"]
PRIVATE_RANGES = [IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]
SHARED_RANGE = PRIVATE_RANGES[-1]
SMALLEST_VPC, SMALLEST_SECONDARY = 20, 21


class Subnet(NamedTuple):
    """A subnet: its Name tag, its zone and its range."""

    name: str
    zone: str
    cidr: str


def _range(value: str, smallest: int, why: str) -> IPv4Network:
    network = IPv4Network(value)
    if network.prefixlen > smallest:
        raise ValueError(f"too small for {why}; the smallest that fits is /{smallest}")
    if network.prefixlen < 16:
        raise ValueError("wanted /16 or smaller, the largest that AWS takes")
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError(f"wanted a private range, within {', '.join(map(str, PRIVATE_RANGES))}")
    return network


class Network(Roles):
    """The VPC, laid out so that a zone's ranges depend on its letter alone: adding or dropping a zone moves no subnet."""

    vpc_cidr: Cidr
    secondary_cidr: Cidr
    zone_choice: Any = Field(alias="zones")
    nat_gateways: Literal["single", "per_zone", "none"]
    vpc_endpoints: bool

    @field_validator("vpc_cidr")
    @classmethod
    def _vpc_cidr(cls, value: str) -> str:
        _range(value, SMALLEST_VPC, "its subnets (a load balancer needs /27 in each public one)")
        return value

    @field_validator("secondary_cidr")
    @classmethod
    def _secondary_cidr(cls, value: str) -> str:
        _range(value, SMALLEST_SECONDARY, "its subnets (nodes and pods need /24 in each zone)")
        return value

    @field_validator("zone_choice")
    @classmethod
    def _zone_choice(cls, value: Any) -> Any:
        if type(value) is int and value in (2, 3):
            return value
        names = items(value)
        if not isinstance(names, list) or len(names) not in (2, 3) or len(set(map(str, names))) != len(names):
            raise ValueError("wanted 2, 3, or the names of two or three zones")
        return names

    @property
    def zones(self) -> list[str]:
        """Names of the availability zones, `us-west-2a`, ...; where only their number is given, the first letters stand for those to be chosen."""
        if isinstance(self.zone_choice, int):
            return [f"{self.region}{letter}" for letter in LETTERS[: self.zone_choice]]
        return self.zone_choice

    def within(self, zones: list[str]) -> "Network":
        """
        Returns the settings with their zones chosen.

        + zones: their names
        """
        return self.model_copy(update={"zone_choice": zones})

    def subnets(self, kind: Kind) -> list[Subnet]:
        """
        Returns the subnets of a kind, one for each zone.

        + kind: `public` (load balancers, NAT; a 128th of `vpc_cidr`), `private` (control plane, EFS; a 16th), `internal` (internal load balancers;
          the same), `database` (a 128th), or `data` (nodes and pods; an eighth of `secondary_cidr`)
        """
        kind = "private" if kind == "internal" else kind
        vpc, secondary = IPv4Network(self.vpc_cidr), IPv4Network(self.secondary_cidr)
        sixteenths = list(vpc.subnets(prefixlen_diff=4))
        ranges = {
            "private": sixteenths[:8],
            "public": list(sixteenths[8].subnets(prefixlen_diff=3)),
            "database": list(sixteenths[9].subnets(prefixlen_diff=3)),
            "data": list(secondary.subnets(prefixlen_diff=3)),
        }[kind]
        return [Subnet(f"{self.deployment}-{kind}-{zone}", zone, str(ranges[LETTERS.index(zone[-1])])) for zone in self.zones]

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields ranges that overlap or that AWS does not associate, and zones of another region."""
        yield from super().contradictions()
        vpc, secondary = IPv4Network(self.vpc_cidr), IPv4Network(self.secondary_cidr)
        both = ("vpc_cidr", "secondary_cidr")
        home = next(private for private in PRIVATE_RANGES if vpc.subnet_of(private))
        if vpc.overlaps(secondary):
            yield Contradiction(both, f"secondary_cidr is {secondary}: it overlaps vpc_cidr {vpc}")
        elif not secondary.subnet_of(home) and not secondary.subnet_of(SHARED_RANGE):
            yield Contradiction(both, f"secondary_cidr is {secondary}: wanted one within {SHARED_RANGE} or {home}, all that AWS takes next to {vpc}")
        if self.nat_gateways == "none" and not self.vpc_endpoints:
            line = "nat_gateways is 'none' and vpc_endpoints is False: set it to True, nodes could not reach AWS otherwise"
            yield Contradiction(("nat_gateways", "vpc_endpoints"), line)
        if self.nat_gateways == "none" and not self.image_registry:
            line = "nat_gateways is 'none' and image_registry is None: give the registry that images come from, upstream's cannot be reached"
            yield Contradiction(("nat_gateways", "image_registry"), line)
        for zone in self.zones:
            if not re.fullmatch(rf"{self.region}[{LETTERS}]", str(zone)):
                yield Contradiction(("zones", "region"), f"zones has {zone}: wanted zones of {self.region}, as {self.region}a")
