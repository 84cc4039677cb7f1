"""Whose a thing in EC2 is: its facts see what carries our tag, and it may have a namesake of somebody else's."""

from __future__ import annotations

from pyinfra.context import host

from facts.ec2 import Namesake
from operations import ownership


def own(noun: str, name: str, now, present: bool):
    """
    As `operations.ownership.own`.

    + noun, name: what it is
    + now: what its fact says
    + present: whether it should exist
    """
    now = now or host.get_fact(Namesake, kind=noun, namesake=name)
    return ownership.own(noun, name, now, (now or {}).get("Tags"), present)
