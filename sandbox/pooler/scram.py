"""SCRAM-SHA-256 (RFC 5802, RFC 7677), both sides, without channel binding."""

import base64
import functools
import hashlib
import hmac
import secrets

MECHANISM = "SCRAM-SHA-256"
ITERATIONS = 4096
BINDINGS = ("biws", "eSws")
"""`n,,` and `y,,`: a client without channel binding, and one that has it but sees that the server has not."""


class ScramError(Exception):
    """The other side does not know the password, or does not know SCRAM."""


class Client:
    """
    Proves a password to a server.

    + password: of the user
    """

    def __init__(self, password: str):
        self._password, self._nonce = password, _encoded(secrets.token_bytes(18))
        self._bare, self._verifier = f"n=,r={self._nonce}", b""

    def first(self) -> bytes:
        return f"n,,{self._bare}".encode()

    def final(self, said: bytes) -> bytes:
        """The proof, once the server has given its salt."""
        told = _fields(said)
        if not told.get("r", "").startswith(self._nonce):
            raise ScramError("the server's nonce is not of this exchange")
        salted = _salted(self._password, base64.b64decode(told["s"]), int(told["i"]))
        bare = f"c=biws,r={told['r']}"
        exchange = f"{self._bare},{said.decode()},{bare}".encode()
        self._verifier = _hmac(_hmac(salted, b"Server Key"), exchange)
        return f"{bare},p={_encoded(_proof(salted, exchange))}".encode()

    def check(self, said: bytes) -> None:
        """That the server knows the password too."""
        if base64.b64decode(_fields(said).get("v", "")) != self._verifier:
            raise ScramError("the server does not know the password")


class Server:
    """
    Has a client prove a password.

    + password: that it should know; ``None`` for a user that there is not, who fails in the same way
    """

    def __init__(self, password: str | None):
        self._password = password
        self._salt = hashlib.sha256(b"salt of " + (password or secrets.token_hex()).encode()).digest()[:16]
        self._first = self._bare = ""

    def challenge(self, said: bytes) -> bytes:
        flag, _, bare = said.decode().split(",", 2)
        nonce = _fields(bare.encode()).get("r", "")
        if flag not in ("n", "y") or not nonce:
            raise ScramError("unsupported SCRAM message")
        self._bare = bare
        self._first = f"r={nonce}{_encoded(secrets.token_bytes(18))},s={_encoded(self._salt)},i={ITERATIONS}"
        return self._first.encode()

    def verify(self, said: bytes) -> bytes:
        """The server's own proof. Raises ScramError where the client's is none."""
        told, (bare, _, _) = _fields(said), said.decode().rpartition(",p=")
        exchange = f"{self._bare},{self._first},{bare}".encode()
        salted = _salted(self._password or "", self._salt, ITERATIONS)
        right = hmac.compare_digest(base64.b64decode(told.get("p", "")), _proof(salted, exchange))
        if not right or self._password is None or told.get("r") != _fields(self._first.encode())["r"] or told.get("c") not in BINDINGS:
            raise ScramError("SASL authentication failed")
        return f"v={_encoded(_hmac(_hmac(salted, b'Server Key'), exchange))}".encode()


def _proof(salted: bytes, exchange: bytes) -> bytes:
    key = _hmac(salted, b"Client Key")
    signature = _hmac(hashlib.sha256(key).digest(), exchange)
    return bytes(a ^ b for a, b in zip(key, signature, strict=True))


@functools.lru_cache(64)
def _salted(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)


def _hmac(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, said, "sha256")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _fields(said: bytes) -> dict[str, str]:
    return dict(part.split("=", 1) for part in said.decode().split(",") if "=" in part)
