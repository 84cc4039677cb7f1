"""SSM's parameters, as AWS answers them."""

import json
import threading
import time


class Parameters:
    """Each parameter with all its versions."""

    def __init__(self):
        self.kept: dict[str, list[dict]] = {}
        self.writing = threading.Lock()

    def put(self, params):
        with self.writing:
            versions = self.kept.setdefault(params["Name"], [])
            if versions and not params.get("Overwrite"):
                return 400, ("ParameterAlreadyExists", "The parameter already exists.")
            if params.get("Overwrite") and params.get("Tags"):
                return 400, ("ValidationException", "tags and overwrite can't be used together")
            version = len(versions) + 1
            versions.append({"Name": params["Name"], "Value": params["Value"], "Version": version, "LastModifiedDate": time.time()})
            return 200, json.dumps({"Version": version, "Tier": "Standard"})

    def get(self, params):
        name, _, version = params["Name"].partition(":")
        versions = self.kept.get(name)
        if not versions:
            return 400, ("ParameterNotFound", "")
        if version and int(version) > len(versions):
            return 400, ("ParameterVersionNotFound", "")
        return 200, json.dumps({"Parameter": versions[int(version) - 1 if version else -1]})

    def delete(self, params):
        with self.writing:
            if not self.kept.pop(params["Name"], None):
                return 400, ("ParameterNotFound", "")
            return 200, "{}"

    def age(self, seconds):
        """Let all that was written be older."""
        for versions in self.kept.values():
            for version in versions:
                version["LastModifiedDate"] -= seconds
