"""Who has which address in the machine."""

from sandbox.kubernetes.arguments import PODS, SERVICES

NETWORK, CLUSTER = PODS, SERVICES
GATEWAY = "100.64.255.254"
FIRST_POD, LAST_POD = "100.64.128.1", "100.64.255.253"
"""kwok gives its pods addresses from the lower half."""
KUBERNETES = "172.20.0.1"
DNS = "172.20.0.10"
POD_IDENTITY = "169.254.170.23"
AWS = "198.18.0.1"
"""What every name of AWS resolves to: a range that is set aside for tests (RFC 2544)."""
FIRST_OUTSIDE, LAST_OUTSIDE = "198.18.1.1", "198.18.255.254"
"""Of what is beside the cluster in the VPC, such as a database."""
