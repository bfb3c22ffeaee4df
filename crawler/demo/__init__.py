"""A small bundled news site of our own writing, and a tour that crawls it. What a new user sees first."""
