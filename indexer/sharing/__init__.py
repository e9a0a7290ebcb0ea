"""Sharing an exchange with students: the preview, what a mentor decides, and the copy."""
