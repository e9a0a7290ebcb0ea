"""Forgetting a person: everywhere, for good, and with a receipt that does not name them."""
