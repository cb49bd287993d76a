"""The shell: composition root, HTTP and websocket edges, engine loop, store, authentication, CLI."""
