"""One screen on a deployment: is it well, what runs, what it holds, what is old: ``pyinfra -y inventories/dev.py deploys/status.py``. It only reads."""

from pyinfra.context import host

from deploys.at_risk import at_risk
from deploys.health import checks
from deploys.overview import overview
from deploys.plan import plan
from deploys.run import declared, forwards, pruning
from deploys.unmanaged import unmanaged

settings, wants = declared()
steps = plan(pruning(forwards(wants)))
for line in overview(settings, checks(settings, wants), steps, unmanaged(settings, wants), at_risk(settings, wants)):
    host.log(line)
