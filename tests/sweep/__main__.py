"""`python tests/sweep`: make every call and command of install and cleanup fail once, each in every way, and see what comes of it."""

import argparse
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[1:1] = [str(ROOT), str(ROOT / "tests" / "roundtrip")]

from figures import write  # noqa: E402
from ledger import Ledger, Stopped  # noqa: E402
from sweep import KINDS, VERBS, Sweep  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/sweep", description=__doc__.partition(": ")[2])
    parser.add_argument("--points", metavar="A:B", default="1:", help="from the Ath to the Bth point of each verb (default: all)")
    parser.add_argument("--kind", action="append", choices=KINDS, help="what happens at a point (default: each)")
    parser.add_argument("--verb", action="append", choices=VERBS, help="what is disturbed (default: both)")
    parser.add_argument("--alone", type=int, default=2, metavar="N", help="points of each verb and kind struck in a sandbox of their own as well (default 2)")
    parser.add_argument("--sandboxes", type=int, default=2, metavar="N", help="how many side by side (default 2)")
    parser.add_argument("--time-scale", type=float, default=2400, metavar="N", help="AWS's seconds in one of ours (default 2400)")
    parser.add_argument("--state", type=Path, default=ROOT / "build" / "sweep.json", metavar="FILE", help="what was tried (default build/sweep.json)")
    parser.add_argument("--resume", action="store_true", help="go on where the state ends")
    parser.add_argument("--again", action="store_true", help="with --resume: strike again what failed")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    options = parser.parse_args()
    first, _, last = options.points.partition(":")
    options.state.parent.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(options.state, options.resume, commit(), options.again)
    kinds = [kind for kind in KINDS if kind in (options.kind or KINDS)]
    verbs = [verb for verb in VERBS if verb in (options.verb or VERBS)]
    sweep = Sweep(ledger, options.time_scale, verbs, kinds, int(first or 1), int(last) if last else None, options.sandboxes, options.alone)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: setattr(ledger, "stopped", True))
    try:
        survived = sweep.run()
    except Stopped:
        ledger.say("ended: go on with --resume")
        return 130
    ledger.say("every point survived" if survived else f"{len(ledger['failures'])} failures, see {options.state}")
    if options.write:
        write(ledger, options)
    return 0 if survived else 1


def commit() -> str:
    """What is swept; with changes that are in no commit it is `dirty`."""
    words = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=7", "--exclude=*", "--dirty= (dirty)"]
    return subprocess.run(words, capture_output=True, text=True).stdout.strip() or "no commit"


if __name__ == "__main__":
    sys.exit(main())
