"""How good and how fast: datasets, measures, significance."""
