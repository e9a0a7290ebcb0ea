"""Alembic migrations of the catalog, run by ``indexer.catalog.migrate``."""
