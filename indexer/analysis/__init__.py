"""How French text becomes index terms."""
