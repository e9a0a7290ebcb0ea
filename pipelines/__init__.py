"""From bytes to a published document."""
