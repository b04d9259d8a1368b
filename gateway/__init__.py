"""The only HTTP: the partner API, the web console and the command line."""
