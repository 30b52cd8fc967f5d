"""Floor 0: the words of hashkit. Standard library only; no files, no node, no clock."""
