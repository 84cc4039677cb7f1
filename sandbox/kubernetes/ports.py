"""Ports of 127.0.0.1."""

import socket


def free_port(preferred: int = 0) -> int:
    """
    A port that nothing listens on now; whoever wants it may still find it taken, and asks for another.

    + preferred: the one to take if it is free
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", preferred))
        except OSError:
            return free_port()
        return listener.getsockname()[1]
