"""What the API needs from elsewhere: the workflow client."""
