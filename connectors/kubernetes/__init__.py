"""A cluster's API server: its kubeconfig, reads, server-side dry runs, waits and removals."""
