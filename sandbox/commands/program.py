"""helm or kubectl, by the name it is called with: what writes is told to the sandbox first, and happens as the sandbox says."""

import http.client
import json
import os
import re
import shutil
import subprocess
import sys

WRITES = {
    "helm": {"install", "rollback", "uninstall", "upgrade"},
    "kubectl": {"annotate", "apply", "create", "delete", "label", "patch", "replace", "scale"},
}


def main(program, arguments):
    own, tool = os.path.dirname(os.path.abspath(program)), os.path.basename(program)
    beyond = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if os.path.abspath(entry) != own]
    real = shutil.which(tool, path=os.pathsep.join(beyond))
    if real is None:
        sys.exit(f"{tool}: command not found")
    if not set(arguments[:1]) & WRITES[tool] or any(word.startswith("--dry-run") for word in arguments):
        os.execv(real, [tool, *arguments])
    given = sys.stdin.buffer.read() if "-" in arguments else b""
    command = {"tool": tool, "arguments": arguments, "objects": objects(given) if tool == "kubectl" else []}
    answer = ask(own, "command", command)
    if answer.get("said"):
        sys.exit(answer["said"])
    if not answer.get("number"):
        pipe(given)
        os.execv(real, [tool, *arguments])
    code = subprocess.run([real, *arguments], input=given).returncode
    answer = ask(own, "command/" + str(answer["number"]), {"code": code})
    sys.exit(answer.get("said") or code)


def objects(manifests):
    """Kinds and names of what kubectl is given, never what is in it."""
    found = [re.findall(rb"^(?:kind|  name): (\S+)$", manifest, re.MULTILINE) for manifest in re.split(rb"^---$", manifests, flags=re.MULTILINE)]
    return [b"/".join(words[:2]).decode() for words in found if words]


def pipe(given):
    """Have the program read what was read."""
    file = os.memfd_create("stdin")
    with open(os.dup(file), "wb") as copy:
        copy.write(given)
    os.lseek(file, 0, os.SEEK_SET)
    os.dup2(file, 0)


def ask(own, route, document):
    """What the sandbox says; nothing where there is none."""
    try:
        with open(os.path.join(os.path.dirname(own), "daemon.json")) as file:
            connection = http.client.HTTPConnection("127.0.0.1", json.load(file)["port"])
        connection.request("POST", "/sandbox/" + route, json.dumps(document))
        return json.load(connection.getresponse())
    except (OSError, ValueError, http.client.HTTPException):
        return {}


if __name__ == "__main__":
    main(sys.argv[0], sys.argv[1:])
