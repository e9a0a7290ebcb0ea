"""One module per noun: decode, call the engine, encode."""
