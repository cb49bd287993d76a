"""HTTP and websocket edges."""
