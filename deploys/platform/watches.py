"""The watches over collections that many parts of the platform add to."""

from __future__ import annotations

from deploys.want import Want, strays
from operations import eks, iam
from operations.strays import strays as watch
from settings import Settings


def watches(settings: Settings, wants: list[Want]) -> list[Want]:
    """
    The watches over roles, access entries and pod identities that no part of the platform lists any more.

    They come before all else, so that cleanup, which runs backwards, looks for them when nothing uses them any more.

    + settings: of the deployment
    + wants: everything the platform wants
    """
    cluster = {"cluster": settings.deployment}
    return [
        strays(watch, "iam.role", listed=_listed(wants, iam.role)),
        strays(watch, "eks.access_entry", listed=_listed(wants, eks.access_entry), within=cluster),
        strays(watch, "eks.pod_identity", listed=_listed(wants, eks.pod_identity), within=cluster),
    ]


def _listed(wants: list[Want], operation) -> list[str]:
    return [want.subject for want in wants if want.operation is operation]
