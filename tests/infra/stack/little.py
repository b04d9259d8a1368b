"""A process for the supervisor's tests: answers ``/readyz`` and behaves as its argument says.

``good`` runs until SIGTERM · ``stubborn`` ignores SIGTERM · ``broken`` ends at once with a message ·
``once:<file>`` ends with status 3 the first time, runs the second time.
"""

import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


def main(kind: str) -> None:
    if kind == "broken":
        sys.exit("the well is dry")
    if kind.startswith("once:"):
        mark = Path(kind.removeprefix("once:"))
        if not mark.exists():
            mark.touch()
            sys.exit(3)
    server = HTTPServer(("127.0.0.1", int(os.environ["ASSENT_HEALTH_PORT"])), Ready)
    if kind == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f'{{"event": "up", "role_url": "{os.environ.get("ASSENT_DATABASE_URL", "")}"}}', flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
