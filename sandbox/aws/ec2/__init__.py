"""EC2: what depends on what, and what the emulator leaves out."""
