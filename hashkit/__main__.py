"""``python -m hashkit`` is the command line."""

from hashkit.cli import main

main()
