"""Setting a centre up: reading it whole, checking a change, writing it, and comparing two of them."""
