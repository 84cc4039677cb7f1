"""`python -m benchmarks makespan|nochange|growth|fleet|all|report`"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from benchmarks import fleet, growth, makespan, nochange, report
from benchmarks.process import RunFailed
from benchmarks.results import write
from sandbox.lifecycle import SandboxError

BENCHMARKS = {"makespan": makespan, "nochange": nochange, "growth": growth, "fleet": fleet}


def main(arguments: list[str] | None = None) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parser().parse_args(arguments)
    try:
        options.act(options)
    except (RunFailed, SandboxError, OSError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast the project is, measured on the sandbox.")
    verbs = parser.add_subparsers(required=True, metavar="makespan|nochange|growth|fleet|all|report")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--runs", type=at_least(2, int), default=5, metavar="N", help="of what takes less than a minute (default 5)")
    common.add_argument("--results", type=Path, default=Path("build/benchmarks"), metavar="DIR", help="for the JSON files (default build/benchmarks)")
    of = {name: verbs.add_parser(name, parents=[common], help=benchmark.TITLE) for name, benchmark in BENCHMARKS.items()}
    scale = at_least(0.1, float)
    of["makespan"].add_argument("--time-scale", type=scale, nargs="+", default=[5, 20], metavar="N", help="AWS's seconds in one of ours (default 5 20)")
    of["nochange"].add_argument("--latency", type=at_least(0, float), nargs="+", default=[0, 50], metavar="MS", help="of every answer (default 0 50)")
    of["growth"].add_argument("--teams", type=at_least(1, int), nargs="+", default=[1, 10, 50], metavar="N", help="of each: node pools, namespaces")
    of["fleet"].add_argument("--deployments", type=at_least(1, int), nargs="+", default=[1, 2, 5, 10], metavar="N", help="in one run (default 1 2 5 10)")
    of["fleet"].add_argument("--time-scale", type=scale, default=3, metavar="N", help="AWS's seconds in one of ours (default 3)")
    for name, one in of.items():
        one.set_defaults(act=lambda options, name=name: act(name, options))
    verbs.add_parser("all", parents=[common], help="all of them, as they are by default").set_defaults(act=act_all)
    verbs.add_parser("report", help=f"write {report.PAGE.relative_to(report.ROOT)}").set_defaults(act=lambda _: report.PAGE.write_text(report.page(BENCHMARKS)))
    return parser


def at_least(least: float, kind: type):
    def number(text: str):
        if not kind(text) >= least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        return kind(text)

    return number


def act(name: str, options: argparse.Namespace) -> None:
    """Run one, print its tables, keep its results."""
    path = write(options.results, name, BENCHMARKS[name].run(options))
    print(f"{BENCHMARKS[name].TITLE}\n\n{BENCHMARKS[name].tables(json.loads(path.read_text()))}\n{path}\n", flush=True)


def act_all(options: argparse.Namespace) -> None:
    for name in BENCHMARKS:
        main_options = parser().parse_args([name, "--runs", str(options.runs), "--results", str(options.results)])
        act(name, main_options)


if __name__ == "__main__":
    sys.exit(main())
