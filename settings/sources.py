"""Addresses that software is fetched from: encrypted, and without anything secret in them."""

from urllib.parse import urlsplit


def check_source(value: str, schemes: tuple[str, ...], login: str) -> None:
    """
    Raises ValueError, with what was wanted.

    + value: the address
    + schemes: those taken, as `("https", "oci")`
    + login: where user and password belong instead
    """
    try:
        parts = urlsplit(value)
        user, password = parts.username, parts.password if "@" not in parts.path else ""
    except ValueError:
        raise ValueError("wanted an address, as https://example.com/path") from None
    if password is not None or (user is not None and parts.scheme != "ssh"):
        raise ValueError(f"wanted an address without user and password: {login}")
    if parts.query or parts.fragment or "?" in value:
        raise ValueError(f"wanted an address that ends with its path, since what follows may be a token: {login}")
    if parts.scheme not in schemes or not parts.hostname or any(letter.isspace() for letter in value):
        raise ValueError(f"wanted {' or '.join(f'{scheme}://...' for scheme in schemes)}")
