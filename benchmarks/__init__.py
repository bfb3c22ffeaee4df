"""What is measured, beside others: never a timed test. docs/benchmarks.md has the figures; `make bench` the quick ones."""
