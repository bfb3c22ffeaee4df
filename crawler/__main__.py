"""`python -m crawler`: the same as the console script."""

from crawler.cli import main

if __name__ == "__main__":
    main()
