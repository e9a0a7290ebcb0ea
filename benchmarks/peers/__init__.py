"""Other engines and Cordée on the same passages, vectors and queries, in the same run."""
