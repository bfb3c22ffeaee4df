"""What is measured, beside others; no timed tests. The figures stand in docs/benchmarks.md."""
