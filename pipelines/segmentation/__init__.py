"""From content to passages."""
