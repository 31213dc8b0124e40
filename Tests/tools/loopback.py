# SPDX-License-Identifier: Apache-2.0
"""What the servers of the tests have in common: a port on loopback, told in a file, and an end with whoever started them."""
import http.server
import os
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with whole bodies and says nothing itself."""

    protocol_version = "HTTP/1.1"

    def tell(self, status, text, headers):
        body = text.encode("utf-8")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def wait(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.01)


def serve(handler, state, parent, port=0, tls=None):
    """Serves on a port, 0 for a free one, and tells it in the file `state`/port, until the process `parent` has ended."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)

    def watch():
        while os.path.exists(f"/proc/{parent}"):
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    with open(f"{state}/port.new", "w", encoding="utf-8") as told:
        told.write(str(server.server_port))
    os.rename(f"{state}/port.new", f"{state}/port")
    server.serve_forever()
