"""The inverted index: tantivy."""
