"""A statsd of the tests, on 127.0.0.1."""

import socket
import threading


class Metrics:
    """The names of the metrics that arrived; a context manager."""

    def __enter__(self) -> "Metrics":
        self.names: set[str] = set()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while datagram := self._socket.recv(65536):
            self.names |= {line.partition(":")[0] for line in datagram.decode().splitlines()}
