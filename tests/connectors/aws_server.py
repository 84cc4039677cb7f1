"""A few calls of AWS on 127.0.0.1, and everything that can go wrong on the way to them."""

import json
import re
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote

from parameters import Parameters

ACCOUNT = "123456789012"
FAULTS = {
    "lost": "carried out, and the connection drops",
    "dropped": "the connection drops before it is carried out",
    "500 done": "carried out, and answered with an internal error",
    "500": "not carried out, and answered with an internal error",
    "throttled": "turned away",
    "hangs": "no answer comes",
    "html": "somebody else answers",
}


class AwsServer(ThreadingHTTPServer):
    """
    `faults["CreateVpc"] = ["lost"]` strikes the first call alone; `slow` is how many reads do not list what is there yet;
    `states["cluster"]` are the states a cluster goes through, one for each read; `errors["DescribeVpcs"]` is `(code, message)`;
    `denied` is the name of a cluster nobody may read.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server_port}"
        self.reset()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def reset(self):
        """As if it had just been started."""
        self.account = ACCOUNT
        self.calls, self.faults, self.errors, self.states = [], defaultdict(list), {}, {}
        self.parameters = Parameters()
        self.ranges = []
        self.vpcs, self.nats, self.keys, self.secrets, self.slow, self.cluster, self.denied = [], {}, [], {}, 0, None, None

    def count(self, action):
        return Counter(call for call, _ in self.calls)[action]

    def sent(self, action):
        return [params for call, params in self.calls if call == action]

    def handle_error(self, request, client_address):
        """Connections that are dropped are nothing to tell."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        """The server counts calls itself."""

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        action, params = self.read(body)
        server = self.server
        server.calls.append((action, params))
        fault = server.faults[action].pop(0) if server.faults[action] else None
        if fault == "hangs":
            time.sleep(30)
        if fault in ("dropped", "hangs"):
            return self.drop()
        if fault == "html":
            return self.answer(200, "<html>sign in to the hotel's network</html", "text/html")
        if fault == "throttled":
            return self.error(action, 400, "Throttling", "Rate exceeded")
        if fault == "500":
            return self.error(action, 500, "InternalError", "An internal error has occurred")
        if server.denied and server.denied == params.get("name"):
            return self.error(action, 403, "AccessDeniedException", "not authorized")
        if action in server.errors:
            return self.error(action, 400, *server.errors[action])
        status, answer = getattr(self, action)(params)
        if fault == "lost":
            return self.drop()
        if fault == "500 done":
            return self.error(action, 500, "InternalError", "An internal error has occurred")
        return self.error(action, status, *answer) if status >= 400 else self.answer(status, answer)

    do_GET = do_POST = do_DELETE = serve

    def read(self, body):
        if target := self.headers.get("X-Amz-Target"):
            return target.rpartition(".")[2], json.loads(body)
        if self.path.startswith("/clusters"):
            verb = {"GET": "DescribeCluster", "POST": "CreateCluster", "DELETE": "DeleteCluster"}[self.command]
            return verb, json.loads(body) if body else {"name": unquote(self.path.rpartition("/")[2])}
        params = dict(parse_qsl(body.decode()))
        return params["Action"], params

    def drop(self):
        self.close_connection = True

    def answer(self, status, text, kind=None):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind or ("text/xml" if text.startswith("<") else "application/json"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def error(self, action, status, code, message):
        if action.endswith(("Cluster", "Key", "Secret", "SecretValue", "Parameter")):
            return self.answer(status, json.dumps({"__type": code, "code": code, "message": message}))
        if action == "GetCallerIdentity":
            return self.answer(status, f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>")
        return self.answer(status, f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>")

    def GetCallerIdentity(self, params):
        account = self.server.account
        arn = f"arn:aws:iam::{account}:user/somebody"
        result = f"<GetCallerIdentityResult><Account>{account}</Account><Arn>{arn}</Arn><UserId>AIDA</UserId></GetCallerIdentityResult>"
        return 200, f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>"

    def CreateVpc(self, params):
        self.server.vpcs.append(f"vpc-{len(self.server.vpcs)}")
        return 200, f"<CreateVpcResponse><vpc><vpcId>{self.server.vpcs[-1]}</vpcId></vpc></CreateVpcResponse>"

    def DescribeVpcs(self, params):
        server, listed = self.server, self.server.vpcs
        if server.vpcs and server.slow:
            server.slow, listed = server.slow - 1, []
        tag = "<tagSet><item><key>Name</key><value>airflow-test</value></item></tagSet>"
        ranges = "".join(f"<item><cidrBlock>{cidr}</cidrBlock></item>" for cidr in server.ranges)
        has = f"<cidrBlock>10.1.0.0/16</cidrBlock><cidrBlockAssociationSet>{ranges}</cidrBlockAssociationSet>{tag}"
        items = "".join(f"<item><vpcId>{vpc}</vpcId>{has}</item>" for vpc in listed)
        return 200, f"<DescribeVpcsResponse><vpcSet>{items}</vpcSet></DescribeVpcsResponse>"

    def AssociateVpcCidrBlock(self, params):
        if params["CidrBlock"] in self.server.ranges:
            return 400, ("InvalidVpc.Range", f"The CIDR '{params['CidrBlock']}' overlaps with one of the VPC's existing CIDR blocks.")
        self.server.ranges.append(params["CidrBlock"])
        return 200, f"<AssociateVpcCidrBlockResponse><vpcId>{params['VpcId']}</vpcId></AssociateVpcCidrBlockResponse>"

    def DeleteVpc(self, params):
        if params["VpcId"] not in self.server.vpcs:
            return 400, ("InvalidVpcID.NotFound", f"The vpc ID '{params['VpcId']}' does not exist")
        self.server.vpcs.remove(params["VpcId"])
        return 200, "<DeleteVpcResponse><return>true</return></DeleteVpcResponse>"

    def CreateNatGateway(self, params):
        nat = self.server.nats.setdefault(params["ClientToken"], f"nat-{len(self.server.nats)}")
        return 200, f"<CreateNatGatewayResponse><natGateway><natGatewayId>{nat}</natGatewayId></natGateway></CreateNatGatewayResponse>"

    def CreateVpcEndpoint(self, params):
        made = self.server.nats.setdefault(params["ClientToken"], f"vpce-{len(self.server.nats)}")
        return 200, f"<CreateVpcEndpointResponse><vpcEndpoint><vpcEndpointId>{made}</vpcEndpointId></vpcEndpoint></CreateVpcEndpointResponse>"

    def CreateKey(self, params):
        self.server.keys.append(params)
        return 200, json.dumps({"KeyMetadata": {"KeyId": f"key-{len(self.server.keys)}"}})

    def CreateCluster(self, params):
        if self.server.cluster:
            return 409, ("ResourceInUseException", f"Cluster already exists with name: {params['name']}")
        self.server.cluster = {"name": params["name"], "status": "CREATING"}
        return 200, json.dumps({"cluster": self.server.cluster})

    def DescribeCluster(self, params):
        states = self.server.states.get("cluster")
        state = (states.pop(0) if len(states) > 1 else states[0]) if states else None
        if state:
            self.server.cluster = {**(self.server.cluster or {"name": params["name"]}), "status": state}
        if not self.server.cluster or state == "absent":
            return 404, ("ResourceNotFoundException", f"No cluster found for name: {params['name']}.")
        return 200, json.dumps({"cluster": self.server.cluster})

    def DeleteCluster(self, params):
        if not self.server.cluster:
            return 404, ("ResourceNotFoundException", "No cluster found")
        if self.server.cluster["status"] == "DELETING":
            return 409, ("ResourceInUseException", "Cluster is already being deleted")
        self.server.cluster["status"] = "DELETING"
        return 200, json.dumps({"cluster": self.server.cluster})

    def PutParameter(self, params):
        return self.server.parameters.put(params)

    def GetParameter(self, params):
        return self.server.parameters.get(params)

    def DeleteParameter(self, params):
        return self.server.parameters.delete(params)

    def CreateSecret(self, params):
        self.server.secrets[params["Name"]] = params["SecretString"]
        return 200, json.dumps({"Name": params["Name"]})

    def GetSecretValue(self, params):
        name = params["SecretId"]
        if name not in self.server.secrets:
            return 400, ("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return 200, json.dumps({"Name": name, "SecretString": self.server.secrets[name]})


def one_line(text: str) -> bool:
    """Whether a message is a line a person can read."""
    return "\n" not in text and "Traceback" not in text and not re.search(r"\bat 0x", text)
