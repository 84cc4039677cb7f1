"""Images that the node did not know when it started: asked for outside of the machine, where their environments are made."""

import asyncio
import json
import logging
from http import HTTPStatus

from sandbox.node import images
from sandbox.node.identity import amazon

log = logging.getLogger(__name__)


class Pulls:
    """
    What stands for which image.

    + known: from the start
    """

    def __init__(self, known: tuple[images.Image, ...]):
        self._known = list(known)
        self._asked: dict[str, asyncio.Task] = {}

    def find(self, image: str) -> images.Image | None:
        """What stands for an image, as far as that is known."""
        return images.find(self._known, image)

    async def pull(self, image: str) -> str | None:
        """
        Have something stand for an image (minutes), asked for once however many pods wait for it; why nothing does (as far as there is more to
        say, in brackets), ``None`` where something does.

        + image: its full name
        """
        if image not in self._asked:
            asked = self._asked[image] = asyncio.create_task(self._ask(image))
            asked.add_done_callback(lambda _: self._asked.pop(image))
        return await asyncio.shield(self._asked[image])

    async def _ask(self, image: str) -> str | None:
        if self.find(image):
            return None
        try:
            status, told = await amazon.ask("POST", "image", json.dumps({"image": image}).encode())
        except OSError as error:
            log.info("image %s: %s", image, error)
            return ""
        answer = json.loads(told) if status == HTTPStatus.OK else {"why": f"{status.value}: {told}"}
        if found := answer.get("image"):
            self._known.append(images.Image(**found))
            return None
        return f" ({answer['why']})" if answer.get("why") else ""
