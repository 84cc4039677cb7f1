"""docs/reliability.md, from what a sweep has tried."""

import datetime
import os
import platform
import subprocess
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from connectors.tools import tools

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
TOLD = {
    "throttled": "AWS turns the call away (`ThrottlingException` or what the service says for it); the API server answers 429",
    "error": "the answer is a 500, and nothing was done",
    "lost": "the call is carried out, and the connection ends without an answer; a command is carried out and fails with `unexpected EOF`",
    "killed": "the call or the command is carried out, and before it is answered pyinfra and all it has started get SIGKILL",
}

TEXT = """# Reliability

What happens when something fails in the middle of an install or of a cleanup. `make sweep` tries it and writes this page: it makes every call that
changes AWS, and every command of helm or kubectl that changes the cluster, fail once in each of these ways:

| kind | what happens at the point |
| --- | --- |
{kinds}

A point is one such call or command of a run that nothing happens to. They are struck as a chain: a fault at the first, then, in the same run if it goes
on or in the next, at the second, and so on until the verb ends with exit code 0. A point is **coped** with when the run it was struck in itself ends with
exit code 0, and **resumed** when only the next run gets past it; after neither is anything there twice. What is throttled, fails or loses its answer has to be
coped with at every point; what is killed is resumed. At the end of each chain:

- install again changes nothing and sends no write, verify passes, and there are exactly as many things of each kind in the account, tagged or not, and as many
  versions of each secret, as after a run that nothing happened to;
- after cleanup there is nothing but what AWS itself keeps, and cleanup again sends no write.

Some points of each kind are struck **alone** as well, in a new sandbox where nothing else happens, with the same checks.

| verb | kind | points | struck | runs | coped | resumed | alone | minutes |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

{outcome}

*runs* are those it took until the verb was done: one where the run itself copes, one for each point where it is killed. *minutes* are those of the runs, beside
each other's: {sandboxes} at a time; the sweep took {minutes} minutes in all.

{date}, {commits}, {machine}, time scale {scale:g}; {versions}.

The sandbox plays AWS, so this says how the project copes with such failures, not how often AWS has them. It does not strike calls that only read, and no two
points at once.

## Run it

```bash
make sweep
```

It takes about an hour. A part of it; one that was interrupted, on the same commit or another; what failed, once it is mended:

```bash
.venv/bin/python tests/sweep --verb cleanup --kind lost --points 20:40
.venv/bin/python tests/sweep --resume --write
.venv/bin/python tests/sweep --resume --again --write
```
"""


def write(ledger, options) -> None:
    PAGE.write_text(page(ledger, options))


def page(ledger, options) -> str:
    rows = [row(ledger, *key.split()) for key in sorted(ledger["struck"], key=lambda key: (key.split()[0] != "install", list(TOLD).index(key.split()[1])))]
    return TEXT.format(
        kinds="\n".join(f"| {kind} | {told} |" for kind, told in TOLD.items()),
        rows="\n".join(rows),
        outcome=outcome(ledger),
        sandboxes=f"{options.sandboxes} sandbox{'es' if options.sandboxes > 1 else ''}",
        minutes=round(ledger["seconds"] / 60),
        date=f"{datetime.date.today():%-d %B %Y}",
        commits=commits(ledger),
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        scale=options.time_scale,
        versions=", ".join(versions()),
    )


def row(ledger, verb: str, kind: str) -> str:
    struck = [row for row in ledger.rows(verb, kind).values() if "struck" in row]
    alone = [row for row in ledger.rows(verb, kind).values() if "alone" in row]
    chains = [chain for chain in ledger["chains"] if (chain["verb"], chain["kind"], chain["alone"]) == (verb, kind, False)]
    runs, minutes = sum(chain["runs"] for chain in chains), sum(chain["seconds"] for chain in chains) / 60
    survived = [row for row in struck if row["survived"]]
    coped = sum(row.get("coped", False) for row in survived)
    cells = [verb, kind, len(ledger["points"][verb]), len(struck), runs, coped, len(survived) - coped, len(alone), f"{minutes:.0f}"]
    return f"| {' | '.join(map(str, cells))} |"


def outcome(ledger) -> str:
    if not ledger["failures"]:
        return "Every point that was struck was coped with, or where it was killed resumed, and every check at the end of a chain passed."
    lines = [f"- {failure['verb']}, {failure['kind']}, {failure['point']}: {failure['lines'][0]}" for failure in ledger["failures"]]
    return "\n".join(["What failed:", "", *lines])


def commits(ledger) -> str:
    """Which commit was swept; where a sweep went on after something was mended, how many strikes were on which."""
    found = Counter(row["commit"] for rows in ledger["struck"].values() for row in rows.values())
    if len(found) < 2:
        return f"commit {ledger['commit']}"
    return "commits " + ", ".join(f"{commit} ({number} strikes)" for commit, number in found.most_common())


def versions() -> list[str]:
    helm = subprocess.run([tools.path("helm"), "version", "--template", "{{.Version}}"], capture_output=True, text=True).stdout.strip()
    return [f"Python {platform.python_version()}", *(f"{package} {version(package)}" for package in ("pyinfra", "boto3", "moto")), f"helm {helm.lstrip('v')}"]
