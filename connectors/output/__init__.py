"""What a person sees of a run: what changes, waits or fails, how far it is, and what came of it. pyinfra's own output comes with ``-v``."""
