"""The vector index and the encoders."""
