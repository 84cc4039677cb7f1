"""Is the platform as declared, and does it work? The exit code is the answer: ``pyinfra -y inventories/dev.py deploys/verify.py``."""

from pyinfra.context import host

from deploys.health import checks, sample_dag
from deploys.plan import plan
from deploys.report import next_steps, report
from deploys.run import declared, forwards, pruning
from deploys.unmanaged import unmanaged
from operations import verdict

settings, wants = declared()
looked = [*checks(settings, wants), *sample_dag.checks(settings)]
problems = report(settings, wants, plan(pruning(forwards(wants))), looked, unmanaged(settings, wants))
if not problems:
    host.log(f"{settings.deployment} is as declared and works")
    for line in next_steps(settings):
        host.log(line)
verdict.verdict(settings.deployment, problems=problems, name="verdict")
