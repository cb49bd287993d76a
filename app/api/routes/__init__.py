"""The HTTP routes of docs/protocol.md. Each parses, authorises, calls one service and returns."""
