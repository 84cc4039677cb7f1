"""helm and kubectl: where they come from, what they render, and what of their failures passes by itself."""
