"""Language and tags."""
