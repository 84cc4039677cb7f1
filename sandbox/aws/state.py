"""All there is in every account and region, by service and id, with tags; what AWS itself puts there is flagged."""

from collections.abc import Iterator

from moto.core.base_backend import BackendDict

from sandbox.aws import inventory

SILENT = {"sts", "resourcegroupstaggingapi"}


def account_state() -> dict:
    """account -> region -> service -> id -> {"type", "tags", "default"}; empty ones are left out."""
    state: dict = {}
    for backends in list(BackendDict._instances):
        service = backends.service_name
        listing = inventory.LISTINGS.get(service)
        if listing is None or service in SILENT:
            continue
        for account, regions in list(backends.items()):
            for region, backend in list(regions.items()):
                if region.startswith("aws-"):
                    continue
                found = dict(entries(listing, backend))
                if found:
                    place = state.setdefault(account, {}).setdefault("global" if region == "aws" else region, {})
                    place.setdefault(service, {}).update(found)
    return state


def entries(listing, backend) -> Iterator[tuple[str, dict]]:
    for kind, number, tags, default in listing(backend):
        yield number, {"type": kind, "tags": tags, "default": bool(default)}
