"""Measurements of hashkit beside others; nothing of this ships."""
