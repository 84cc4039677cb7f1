"""Is the platform as declared, and does it work? The exit code is the answer: ``pyinfra -y inventories/dev.py deploys/verify.py``."""

from deploys.health import checks
from deploys.report import verdict
from deploys.run import declared, forwards
from deploys.plan import plan
