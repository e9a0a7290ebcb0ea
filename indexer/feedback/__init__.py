"""The usefulness loop: what people do with answers, and what later answers learn from it."""
