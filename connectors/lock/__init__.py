"""The lock of a deployment: of two runs that change it one stays outside."""
