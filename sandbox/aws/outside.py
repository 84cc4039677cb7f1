"""
What is beside a cluster in its VPC and is a real process on this machine: pods that are processes reach it by its name on AWS.

    outside.add("db.abc.eu-west-1.rds.amazonaws.com", port=5432, at=41231)      # `at`: the port of 127.0.0.1 where it listens
    outside.remove("db.abc.eu-west-1.rds.amazonaws.com")
"""

import threading

_lock = threading.Lock()
_places: dict[str, dict[str, int]] = {}


def add(name: str, port: int, at: int) -> None:
    """
    Have pods reach it from now on, two seconds later at most.

    + name: its name on AWS
    + port: of that name
    + at: where it listens on 127.0.0.1
    """
    with _lock:
        _places[name.lower()] = {"port": port, "at": at}


def remove(name: str) -> None:
    """It is gone: its name resolves no more."""
    with _lock:
        _places.pop(name.lower(), None)


def told() -> dict[str, dict[str, int]]:
    with _lock:
        return dict(_places)
