"""
Open a page of the platform through a tunnel of one's own: ``pyinfra -y inventories/dev.py deploys/open.py``; another with ``--data page=grafana``.

Ctrl-C closes it.
"""

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploys.web import PAGES
from operations import k8s

settings = host.connector.settings
page = PAGES[settings.page]
if page.switch and not getattr(settings, page.switch):
    raise PyinfraError(f"there is no {settings.page} in {settings.deployment}: {page.switch} is False; set it and install, or open another page")
k8s.tunnel(page.namespace, service=page.service, port=page.port, local=page.local, title=settings.page, login=page.login(settings), name=settings.page)
