"""Does the usefulness loop help? Simulated students over judged queries, through the real code."""
