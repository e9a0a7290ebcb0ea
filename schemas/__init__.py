"""Values and names shared by everything; imports only the standard library and msgspec."""
