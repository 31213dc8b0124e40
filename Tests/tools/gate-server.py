#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gate-server.py STATE_DIR PARENT

Plays an application and a Prometheus on loopback, on a free port that it tells in STATE_DIR/port. /metrics is the file
STATE_DIR/metrics. /api/v1/query is answered from STATE_DIR/answers.json, by the query, read for each request:
{"up": {"status": 200, "body": "{…}", "delay": 3, "drop": true}}; a query that is not there finds nothing. Each query is a
line of STATE_DIR/queries.jsonl. Ends when the process PARENT has ended.
"""
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse

state, parent = sys.argv[1], int(sys.argv[2])
lock = threading.Lock()
nothing = {"status": "success", "data": {"resultType": "vector", "result": []}}


def load(name, default):
    try:
        with open(f"{state}/{name}", encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return default


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/metrics":
            self.tell(200, load("metrics", ""), "text/plain; version=0.0.4")
            return
        if url.path != "/api/v1/query":
            self.tell(404, "not found", "text/plain")
            return
        query = urllib.parse.parse_qs(url.query).get("query", [""])[0]
        line = {"query": query, "authorization": self.headers.get("Authorization", "")}
        with lock, open(f"{state}/queries.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        answer = json.loads(load("answers.json", "{}")).get(query, {})
        end = time.monotonic() + answer.get("delay", 0)
        while time.monotonic() < end:
            time.sleep(0.01)
        if answer.get("drop"):
            self.close_connection = True
            return
        self.tell(
            answer.get("status", 200), answer.get("body", json.dumps(nothing)), "application/json")

    def tell(self, status, text, kind):
        body = text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def watch():
    while os.path.exists(f"/proc/{parent}"):
        time.sleep(0.5)
    os._exit(0)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=watch, daemon=True).start()
with open(f"{state}/port.new", "w", encoding="utf-8") as told:
    told.write(str(server.server_port))
os.rename(f"{state}/port.new", f"{state}/port")
server.serve_forever()
