"""The durable order of the stages (DBOS)."""
