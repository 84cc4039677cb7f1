"""Ports of 127.0.0.1."""

import socket


def free_port() -> int:
    """A port that nothing listens on now; whoever wants it may still find it taken, and asks for another."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
