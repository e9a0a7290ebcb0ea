"""The HTTP API and the portal page (Litestar)."""
