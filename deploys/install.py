"""Make the platform: ``pyinfra -y inventories/dev.py deploys/install.py``; with ``--dry --diff`` only show what it would do."""

from deploys.run import declared, forwards, planned, spare, tell_strangers
from deploys.spend import added
from deploys.versions import stay

settings, wants = declared()
stay(settings)
steps = planned(settings, forwards(wants), cost=added)
tell_strangers(settings, wants)
spare(settings, wants, steps)
for want in forwards(wants):
    want.declare()
