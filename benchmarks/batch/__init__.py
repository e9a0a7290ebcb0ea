"""A batch of mixed files, some of them bad, ingested while its worker is killed again and again."""
