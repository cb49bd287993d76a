"""Sounds that ship with the built-in back end."""
