"""How well near-duplicates are found, and what it costs: a labelled stream of invented news, scores, peers."""
