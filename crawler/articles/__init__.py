"""What a story is. Pure: no I/O, no framework, no clock."""
