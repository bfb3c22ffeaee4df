"""Articles as files: JSON Lines, CSV, Parquet. Streams; never holds all of them."""
