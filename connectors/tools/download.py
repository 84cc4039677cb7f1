"""Public files the platform needs and no package carries."""

from __future__ import annotations

import hashlib
import json
import tempfile
import urllib.request
from http.client import HTTPException
from pathlib import Path

from pyinfra.connectors.util import CommandOutput, OutputLine

from connectors.aws.errors import AwsFailure
from connectors.commands.command import Command
from connectors.tools.tools import cache_directory


class Download(Command):
    """
    A public text file, fetched once and kept in the user's cache directory.

    + url: where it is, ``https://``
    + cure: what to do when it cannot be had
    """

    reads = True

    def __init__(self, url: str, cure: str):
        super().__init__()
        self.url, self.cure = url, cure

    def text(self):
        return f"curl {self.url}"

    def carry_out(self, connector):
        """The file's text as JSON; `connectors.eks` calls it."""
        file = connector.published(self.url) or self.fetched()
        return True, CommandOutput([OutputLine("stdout", json.dumps(file.read_text()))])

    def fetched(self) -> Path:
        """The file in the user's cache directory. Raises AwsFailure."""
        kept = cache_directory() / "downloads" / hashlib.sha256(self.url.encode()).hexdigest()
        if not kept.exists():
            try:
                with urllib.request.urlopen(self.url, timeout=30) as answer:
                    content = answer.read()
            except (HTTPException, OSError) as error:
                raise AwsFailure(f"{self.url} cannot be had ({getattr(error, 'reason', error)}): {self.cure}") from None
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as fresh:
                fresh.write(content)
            Path(fresh.name).rename(kept)
        return kept
