"""Asking a mentor: the same question again, whom to ask, what becomes of it, and the answer."""
