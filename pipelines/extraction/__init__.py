"""From bytes to a Transcript or a Body."""
