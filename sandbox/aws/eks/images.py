"""What stands for images that a cluster's node did not know when it started: another Airflow's."""

import dataclasses
import logging

log = logging.getLogger(__name__)


def find(image: str) -> dict:
    """
    `image`: the fields of a ``sandbox.node.Image``, made where that takes a while (minutes); `why`: why nothing stands for it, where there is more to say.

    + image: its full name
    """
    from sandbox.airflow import EnvironmentFailure, environment
    from sandbox.node.images.airflow import airflow, version_of

    version = version_of(image)
    if version is None:
        return {}
    try:
        return {"image": dataclasses.asdict(airflow(environment(log.warning, version), version))}
    except EnvironmentFailure as failure:
        return {"why": str(failure)}
