"""``python -m gateway.cli``: the same as ``assent``."""

from gateway.cli import app

if __name__ == "__main__":
    app()
