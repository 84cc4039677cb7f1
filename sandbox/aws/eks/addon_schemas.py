"""What `configurationValues` of each add-on may hold (the part that matters here), and the check of it."""

import json

import jsonschema
import yaml

from sandbox.aws.eks.errors import invalid_parameter

RESOURCES = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"limits": {"type": "object"}, "requests": {"type": "object"}, "claims": {"type": "array"}},
}
PLACEMENT = {
    "tolerations": {"type": "array", "items": {"type": "object"}},
    "nodeSelector": {"type": "object"},
    "affinity": {"type": "object"},
    "podAnnotations": {"type": "object"},
    "podLabels": {"type": "object"},
    "resources": RESOURCES,
}
REPLICATED = PLACEMENT | {
    "replicaCount": {"type": "integer", "minimum": 1},
    "topologySpreadConstraints": {"type": "array", "items": {"type": "object"}},
    "podDisruptionBudget": {"type": "object"},
}
DRIVER = {
    "controller": {"type": "object"},
    "node": {"type": "object"},
    "sidecars": {"type": "object"},
    "defaultStorageClass": {"type": "object", "properties": {"enabled": {"type": "boolean"}}, "additionalProperties": False},
}
PROPERTIES = {
    "vpc-cni": PLACEMENT
    | {"env": {"type": "object", "additionalProperties": {"type": "string"}}, "enableNetworkPolicy": {"type": ["string", "boolean"]}}
    | {"init": {"type": "object"}, "nodeAgent": {"type": "object"}, "eniConfig": {"type": "object"}},
    "kube-proxy": PLACEMENT | {"mode": {"type": "string", "enum": ["iptables", "ipvs", "nftables"]}, "ipvs": {"type": "object"}},
    "coredns": REPLICATED | {"corefile": {"type": "string"}, "autoScaling": {"type": "object"}, "computeType": {"type": "string"}},
    "eks-pod-identity-agent": PLACEMENT | {"agent": {"type": "object"}},
    "aws-ebs-csi-driver": DRIVER,
    "aws-efs-csi-driver": DRIVER,
    "amazon-cloudwatch-observability": {
        "agent": {"type": "object"},
        "agents": {"type": "array"},
        "containerLogs": {"type": "object", "properties": {"enabled": {"type": "boolean"}}},
        "manager": {"type": "object"},
        "tolerations": {"type": "array"},
        "dcgmExporter": {"type": "object"},
        "neuronMonitor": {"type": "object"},
        "admissionWebhooks": {"type": "object"},
    },
}


def schema_of(name: str) -> dict:
    """The add-on's JSON schema; the others' is that of a Deployment."""
    return {
        "$schema": "http://json-schema.org/draft-06/schema#",
        "title": name,
        "type": "object",
        "additionalProperties": False,
        "properties": PROPERTIES.get(name, REPLICATED),
    }


def read_configuration(name: str, text: str | None) -> dict:
    """`configurationValues`, JSON or YAML, or EKS's refusal of them."""
    try:
        values = yaml.safe_load(text or "{}") or {}
        jsonschema.validate(values, schema_of(name))
    except (yaml.YAMLError, json.JSONDecodeError) as error:
        raise invalid_parameter(f"ConfigurationValue provided in request is not supported: {error}", addonName=name) from None
    except jsonschema.ValidationError as error:
        message = f"ConfigurationValue provided in request is not supported: Json schema validation failed with error: [{error.json_path}: {error.message}]"
        raise invalid_parameter(message, addonName=name) from None
    return values
