"""The longest chain of provisioning times: what an install or a cleanup takes when everything starts as soon as it can."""

from __future__ import annotations

from functools import cache

from benchmarks.needs import Needs, mirrored, needs
from deploys.estimate import making, removing
from deploys.want import Want

Chain = list[tuple[str, float]]


def install_path(wants: list[Want]) -> Chain:
    """
    The chain that decides how long an install takes, with AWS's seconds for each thing in it.

    + wants: everything the platform wants
    """
    return critical_path({str(want): making(want) for want in wants}, needs(wants))


def cleanup_path(wants: list[Want]) -> Chain:
    """
    The chain that decides how long a cleanup takes, with AWS's seconds for each thing in it.

    + wants: everything the platform wants
    """
    return critical_path({str(want): removing(want) for want in wants}, mirrored(needs(wants)))


def critical_path(seconds: dict[str, float], needs: Needs) -> Chain:
    """
    The longest chain, without what takes no time.

    + seconds: what each thing takes
    + needs: what has to be done before it can begin
    """

    @cache
    def until(thing: str) -> float:
        return seconds[thing] + max(map(until, needs[thing]), default=0)

    thing, chain = max(needs, key=until), []
    while thing:
        chain = [(thing, seconds[thing]), *chain]
        thing = max(needs[thing], key=until, default=None)
    return [(thing, taken) for thing, taken in chain if taken]


def total(chain: Chain) -> float:
    """AWS's seconds of a chain."""
    return sum(seconds for _, seconds in chain)
