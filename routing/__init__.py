"""Automatic call distribution, pure: who gets which contact, and why."""
