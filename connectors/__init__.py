"""Connectors: how a deployment is reached. The only package that talks to AWS, Kubernetes, helm and kubectl."""
