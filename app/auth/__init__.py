"""Who is asking: passwords, sessions, websocket tickets, the anonymous caller, and how often one may ask."""
