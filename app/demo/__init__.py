"""Brightwater, the demo centre: its people, flows, prompts, and the simulated crowd that keeps it busy."""
