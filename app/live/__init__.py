"""What pages see live: topics and their fan-out, and which pages are there."""
