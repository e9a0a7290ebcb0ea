"""Models as data: which there are, where they come from, and how they are put together."""
