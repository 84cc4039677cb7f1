"""The WSGI application that plays every service, and has the sandbox's own routes."""

import logging
import time

from moto.core.exceptions import ServiceException
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app

from sandbox.aws import authorization, control_policies, credentials, rules
from sandbox.aws.answer import Wire, error_code, plain, read_answer, write_answer, write_error
from sandbox.aws.call import Call, Unreadable, read_call
from sandbox.aws.clock import clock, lock
from sandbox.aws.commands import Commands
from sandbox.aws.constraints import check_constraints
from sandbox.aws.errors import AwsError
from sandbox.aws.faults import Faults
from sandbox.aws.idempotency import remember, replayed
from sandbox.aws.journal import Journal
from sandbox.aws.routes import find_route

SERVICES = """
ec2 iam sts rds efs s3 sqs events amp secretsmanager kms logs ssm elb elbv2 acm route53 resourcegroupstaggingapi autoscaling cloudwatch
service-quotas
""".split()  # noqa: SIM905
OWN = ("eks", "pricing", "budgets", "ce")
"""Services that moto does not play, or not as AWS does: rules answer every call."""

REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 500: "Internal Server Error"}
log = logging.getLogger(__name__)


class Application:
    def __init__(self, journal: Journal):
        self.journal = journal
        self.faults = None
        self.commands = Commands(journal)
        self.latency = 0.0
        self.backends = {service: create_backend_app(service) for service in SERVICES} | dict.fromkeys(OWN, unknown_operation)

    def __call__(self, environ, start_response):
        route = find_route(environ)
        sent = self.own(route, environ) if route else self.serve(environ)
        if sent is None:
            raise ConnectionAbortedError("the answer is lost")
        status, headers, body = sent
        headers = {name: value for name, value in headers.items() if name.lower() != "status"}
        headers = {name: value for name, value in headers.items() if name.lower() not in ("date", "server", "connection")}
        if environ["REQUEST_METHOD"] != "HEAD" or "Content-Length" not in headers:
            headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
            headers["Content-Length"] = str(len(body))
        start_response(f"{status} {REASONS.get(status, 'Status')}", list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def own(self, route, environ) -> Wire | None:
        try:
            return route(environ, self)
        except Exception as error:
            log.exception("%s", environ["PATH_INFO"])
            return plain(500, {"message": f"{type(error).__name__}: {error}"})

    def warm_up(self) -> None:
        """Read the services' models before anybody waits for them."""
        for service in self.backends:
            with lock:
                get_service_model(service)

    def set_faults(self, document: dict) -> None:
        if self.faults:
            self.faults.ended.set()
        self.faults = Faults(document)

    def serve(self, environ) -> Wire | None:
        started, clocked, faults = time.time(), time.perf_counter(), self.faults
        try:
            call = read_call(environ)
            if call.service not in self.backends:
                raise Unreadable(f"the sandbox does not play {call.service}")
            sent = self.carry_out(call, faults)
            time.sleep(self.latency)
        except Unreadable as error:
            return plain(501, {"__type": "UnknownOperationException", "message": str(error)})
        status, code = (sent[0], error_code(call, sent)) if sent else (0, "the answer is lost")
        self.journal.write(call, started, status, code, (time.perf_counter() - clocked) * 1000)
        if call.fault == "held":
            faults.hold(call, environ["werkzeug.socket"])
        return sent

    def carry_out(self, call: Call, faults: Faults | None) -> Wire | None:
        try:
            credentials.authenticate(call)
            authorization.authorize(call)
            control_policies.check(call)
            check_constraints(call)
            return faults.around(call, self.perform) if faults else self.perform(call)
        except (AwsError, ServiceException) as error:
            return write_error(call, error)
        except HTTPException as error:
            return write_error(call, AwsError(getattr(error, "error_type", "InternalFailure"), getattr(error, "message", str(error)), error.code))
        except Exception as error:
            log.exception("%s %s %s", call.service, call.action, call.params)
            return write_error(call, AwsError("InternalFailure", f"{type(error).__name__}: {error}"))

    def perform(self, call: Call) -> Wire:
        with lock:
            clock.catch_up()
            sent = replayed(call)
            if sent is None:
                sent = self.perform_once(call)
                remember(call, sent)
            return sent

    def perform_once(self, call: Call) -> Wire:
        key = call.service, call.action
        for rule in rules.refusing.get(key, ()):
            rule(call)
        if key in rules.answering:
            call.answer = rules.answering[key](call)
        else:
            sent = self.forward(call)
            if sent[0] >= 400 or (key not in rules.following and key not in rules.amending):
                return sent
            call.answer = read_answer(call, sent)
        for rule in rules.following.get(key, ()):
            rule(call)
        for rule in rules.amending.get(key, ()):
            rule(call, call.answer)
        if key in rules.answering or key in rules.amending:
            return write_answer(call, call.answer)
        return sent

    def forward(self, call: Call) -> Wire:
        """Moto's own answer. Told the account, moto need not load every partition to find it."""
        call.environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.account
        body, status, headers = run_wsgi_app(self.backends[call.service], call.environ, buffered=True)
        return int(status.split()[0]), dict(headers), b"".join(body)


def unknown_operation(environ, start_response):
    start_response("501 Not Implemented", [("Content-Type", "application/json")])
    return [b'{"__type": "UnknownOperationException", "message": "the sandbox does not play this operation"}']
