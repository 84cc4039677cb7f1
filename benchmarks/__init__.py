"""How fast the project is, measured on the sandbox: `python -m benchmarks`, the method in README.md."""
