"""``python -m gateway.demo``: the same as ``assent demo``."""

from gateway.cli import app

if __name__ == "__main__":
    app(["demo"])
