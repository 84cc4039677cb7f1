"""Facts: what AWS, Kubernetes and helm say, unrenamed; ``None`` is "there is no such thing". One module per service or tool."""
