"""The built-in back end: browsers over WebRTC, in a media process of its own."""
