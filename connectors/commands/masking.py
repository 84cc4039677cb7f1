"""Keeping secrets out of what other programs say of them."""

from __future__ import annotations

import base64

from pyinfra.api import HiddenValue

from connectors.commands.text import Json, Text


def secrets_in(value) -> set[str]:
    """
    The clear text of every secret in parameters, values or manifests, also as Kubernetes encodes it.

    + value: with its references resolved
    """
    if isinstance(value, HiddenValue):
        clear = str(value.unmask())
        return {clear, base64.b64encode(clear.encode()).decode()} if clear else set()
    if isinstance(value, Text):
        return secrets_in(list(value.parts.values()))
    if isinstance(value, Json):
        return secrets_in(value.document)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return {secret for item in items for secret in secrets_in(item)}


def masked(text: str, secrets: set[str]) -> str:
    """The text with every secret in it masked."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "*MASKED*")
    return text
