"""The catalog: the only truth, on SQLite or PostgreSQL."""
