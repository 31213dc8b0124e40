#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""notify-server.py STATE_DIR PORT PARENT

Takes what notification programs post, on loopback; port 0 is a free one, told in STATE_DIR/port. Each request is a line
of STATE_DIR/requests.jsonl, written before it is answered. STATE_DIR/answers.json says how, by path, and is read for
each request: {"/x": {"status": 429, "headers": {"Retry-After": "7"}, "body": "slow down", "delay": 3, "drop": true}}.
Anything else is answered with 200 and "ok". Ends when the process PARENT has ended.
"""
import http.server
import json
import os
import sys
import threading
import time

state, port, parent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
lock = threading.Lock()


def answers():
    try:
        with open(f"{state}/answers.json", encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        answer = answers().get(self.path, {})
        status = answer.get("status", 200)
        line = {
            "path": self.path,
            "status": 0 if answer.get("drop") else status,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("utf-8"),
        }
        with lock, open(f"{state}/requests.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        end = time.monotonic() + answer.get("delay", 0)
        while time.monotonic() < end:
            time.sleep(0.01)
        if answer.get("drop"):
            self.close_connection = True
            return
        text = answer.get("body", "ok").encode("utf-8")
        self.send_response(status)
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def watch():
    while os.path.exists(f"/proc/{parent}"):
        time.sleep(0.5)
    os._exit(0)


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
server.daemon_threads = True
threading.Thread(target=watch, daemon=True).start()
with open(f"{state}/port.new", "w", encoding="utf-8") as told:
    told.write(str(server.server_port))
os.rename(f"{state}/port.new", f"{state}/port")
server.serve_forever()
