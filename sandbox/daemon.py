"""The process that is the sandbox: `python -m sandbox.daemon`, started by `sandbox.up()`."""

import argparse
import faulthandler
import json
import logging
import os
import signal
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sandbox.home import DATABASES, RDS, Daemon, home, start_time, write_daemon


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--time-scale", type=float, default=60)
    parser.add_argument("--region", default="us-west-2")
    parser.add_argument("--no-kubernetes", dest="kubernetes", action="store_false")
    parser.add_argument("--faults")
    parser.add_argument("--latency", type=float, default=0)
    parser.add_argument("--karpenter", type=Path, metavar="PROGRAM")
    parser.add_argument("--processes", nargs="*", default=(), metavar="NAMESPACE")
    run(parser.parse_args(arguments))


def run(options: argparse.Namespace) -> None:
    faulthandler.enable()
    handler = RotatingFileHandler(home() / "daemon.log", maxBytes=8 * 2**20, backupCount=1)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    prepare_environment()
    from moto.core import DEFAULT_ACCOUNT_ID

    from sandbox import commands
    from sandbox.aws import account, clock, server
    from sandbox.aws.application import Application
    from sandbox.aws.eks import karpenter, kubernetes
    from sandbox.aws.journal import Journal
    from sandbox.aws.rds import servers

    clock.clock.scale = options.time_scale
    application = Application(Journal(home() / "calls.jsonl"))
    if options.faults:
        application.set_faults(json.loads(Path(options.faults).read_text()))
    commands.write_programs()
    application.latency = options.latency / 1000
    listener = server.make_server(options.port, application)
    kubernetes.configure(options.kubernetes, home() / "clusters", listener.port, tuple(options.processes))
    servers.configure(home() / DATABASES if options.processes else None, rds_authority())
    karpenter.use(options.karpenter)
    key = account.prepare(options.region)
    threading.Thread(target=clock.clock.run, daemon=True).start()
    threading.Thread(target=listener.serve_forever, daemon=True).start()

    threading.Thread(target=application.warm_up, daemon=True).start()

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    write_daemon(
        Daemon(
            pid=os.getpid(),
            started=start_time(os.getpid()),
            port=listener.port,
            access_key_id=key.access_key_id,
            secret_access_key=key.secret_access_key,
            region=options.region,
            account_id=DEFAULT_ACCOUNT_ID,
            kubernetes=options.kubernetes,
            processes=bool(options.processes),
        )
    )
    ended.wait()
    kubernetes.stop_all()
    servers.stop_all()
    os._exit(0)


def rds_authority():
    """Who signs the servers of RDS's instances; its certificate is what AWS publishes for it."""
    from sandbox.kubernetes.certificates import Authority

    directory = home() / RDS
    directory.mkdir(mode=0o700)
    return Authority(directory, "Amazon RDS", public=True)


def prepare_environment() -> None:
    """Settings that moto reads when it is imported; nothing of the caller's AWS configuration may leak in."""
    os.environ.update(
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
        MOTO_DISABLE_GLOBAL_CORS="true",
        AWS_CONFIG_FILE="/dev/null",
        AWS_SHARED_CREDENTIALS_FILE="/dev/null",
    )


if __name__ == "__main__":
    main(sys.argv[1:])
