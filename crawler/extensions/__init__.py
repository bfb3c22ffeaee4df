"""What watches a crawl and writes it down: the run, its log, what it fetched."""
