"""The engine: catalog, models, both indexes, retrieval and measuring. No HTTP, no workflows."""
