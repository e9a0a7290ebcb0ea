"""From a Query to a ResultPage, over ports only."""
