"""The picture of a deployment: a row for each zone, a box for each part, in their state's colour and sign."""

from __future__ import annotations

from deploys.health.core import MOUNT_TARGETS, NODES
from deploys.page.states import of_step, worst

WIDTH, EDGE, GAP = 340, 10, 6
"""In units of the picture, which are a pixel on a phone."""

ZONE, CHIP, BOX = 46, 22, 40
"""Heights of a zone's row, of a chip in it and of a part's box."""

CHIPS = {"ec2.subnet": "subnets", "ec2.nat_gateway": "NAT", "efs.mount_target": "files"}
"""What stands in one zone, by its kind, for a person."""

ZONED = {NODES: "nodes", MOUNT_TARGETS: "files"}
"""Checks that list the zones where something works, and what that is."""


def picture(record: dict, parts: list[dict]) -> dict:
    """
    Where everything goes: ``height``, ``zones`` with their ``chips``, ``boxes``.

    + record: of the run
    + parts: as `states.parts` has them
    """
    zones = [_zone(record, zone, 48 + number * ZONE) for number, zone in enumerate(record["zones"])]
    below = 48 + len(zones) * ZONE + 2 * GAP
    width = (WIDTH - 2 * EDGE - GAP) / 2
    boxes = [
        {**part, "x": EDGE + number % 2 * (width + GAP), "y": below + number // 2 * (BOX + GAP), "width": width, "height": BOX}
        for number, part in enumerate(parts)
    ]
    height = below + -(-len(parts) // 2) * (BOX + GAP) + EDGE - GAP
    return {"width": WIDTH, "height": height, "edge": EDGE, "below": below - 2 * GAP, "zones": zones, "boxes": boxes}


def _zone(record: dict, zone: dict, y: int) -> dict:
    chips = _chips(record, zone)
    width = (WIDTH - 4 * EDGE - 3 * GAP) / 4
    placed = [
        {"word": word, "state": state, "x": 2 * EDGE + number * (width + GAP), "y": y + 18, "width": width, "height": CHIP}
        for number, (word, state) in enumerate(chips.items())
    ]
    return {"zone": zone["zone"], "y": y + 12, "chips": placed}


def _chips(record: dict, zone: dict) -> dict[str, str]:
    standing: dict[str, list[str]] = {}
    steps = {f"{step['kind']} {step['thing']}": of_step(record, step) for step in record["steps"]}
    rest = "off" if record["run"]["verb"] == "cleanup" else "ok"
    for thing in zone["things"]:
        if word := CHIPS.get(thing.partition(" ")[0]):
            standing.setdefault(word, []).append(steps.get(thing, rest))
    standing["nodes"] = [state for thing, state in steps.items() if thing.startswith("eks.nodegroup ")] or [rest]
    for check in record.get("checks", ()):
        if check["what"] in ZONED:
            standing.setdefault(ZONED[check["what"]], []).append("ok" if zone["zone"] in check["now"].split(", ") else "bad")
    return {word: worst(states) for word, states in standing.items()}
