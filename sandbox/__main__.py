"""`python -m sandbox ready|up|down|status|env|ui|password`"""

import argparse
import sys

import sandbox
from sandbox.home import home
from sandbox.lifecycle import SandboxError, start
from sandbox.preparation import KWOK, PODS, PROCESSES, print_ready
from sandbox.programs import BuildError
from sandbox.status import print_environment, print_status
from sandbox.ui import print_password, print_ui


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="An AWS account and its EKS clusters on this machine.")
    parser.add_argument("verb", choices=list(VERBS))
    parser.add_argument("--time-scale", type=float, metavar="N", help="AWS's seconds in one of ours (default 60)")
    parser.add_argument("--port", type=int, default=0, metavar="P", help="on 127.0.0.1 (default: a free one)")
    parser.add_argument("--no-kubernetes", dest="kubernetes", action="store_false", help="EKS clusters without a control plane")
    parser.add_argument("--karpenter", action="store_true", help="NodePools get nodes: from Karpenter's own controller, built once")
    parser.add_argument(
        "--pods", choices=[KWOK, PROCESSES], help=f"Airflow's pods are played, or are processes (default: ${PODS}, else processes if they can be)"
    )
    parser.add_argument("--faults", metavar="FILE", help="faults to inject (JSON)")
    parser.add_argument("--latency", type=float, metavar="MS", help="milliseconds before each answer of AWS (default 0)")
    parser.add_argument("--region", metavar="R", help="what `env` exports (default: AWS_REGION, else us-west-2)")
    options = parser.parse_args(arguments)
    try:
        return VERBS[options.verb](options)
    except (SandboxError, BuildError, OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1


def up(options) -> int:
    given = (options.time_scale, options.port, options.kubernetes, options.faults, options.region, options.karpenter, options.latency, options.pods)
    started = start(*given)
    print(f"the sandbox is {'up' if started else 'already up'} at {sandbox.running().endpoint} ({home()})")
    return 0


def ready(options) -> int:
    return print_ready(options.pods)


def down(options) -> int:
    print("the sandbox is down" if sandbox.down() else "the sandbox is already down")
    return 0


def status(options) -> int:
    return print_status()


def env(options) -> int:
    return print_environment()


def ui(options) -> int:
    return print_ui()


def password(options) -> int:
    return print_password()


VERBS = {"ready": ready, "up": up, "down": down, "status": status, "env": env, "ui": ui, "password": password}

if __name__ == "__main__":
    sys.exit(main())
