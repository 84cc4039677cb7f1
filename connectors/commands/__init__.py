"""What is asked for, as values: calls of AWS, reads of Kubernetes, runs of helm and kubectl, and references to what may not exist yet."""
