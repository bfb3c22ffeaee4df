"""The database and the crawl over HTTP: a JSON API and a dashboard. Crawls nothing, and decides nothing about a run."""
