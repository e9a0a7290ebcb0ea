"""What in an exchange tells who somebody is, and the exchange without it."""
