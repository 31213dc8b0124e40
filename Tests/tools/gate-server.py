#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gate-server.py STATE_DIR PARENT

Plays an application and a Prometheus on loopback, on a free port that it tells in STATE_DIR/port. /metrics is the file
STATE_DIR/metrics. /api/v1/query is answered from STATE_DIR/answers.json, by the query, read for each request:
{"up": {"status": 200, "body": "{…}", "delay": 3, "drop": true}}; a query that is not there finds nothing. Each query is a
line of STATE_DIR/queries.jsonl. Ends when the process PARENT has ended.
"""
import json
import sys
import threading
import urllib.parse

import loopback

state, parent = sys.argv[1], int(sys.argv[2])
lock = threading.Lock()
nothing = {"status": "success", "data": {"resultType": "vector", "result": []}}


def load(name, default):
    try:
        with open(f"{state}/{name}", encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return default


class Handler(loopback.Handler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/metrics":
            self.tell(200, load("metrics", ""), {"Content-Type": "text/plain; version=0.0.4"})
            return
        if url.path != "/api/v1/query":
            self.tell(404, "not found", {"Content-Type": "text/plain"})
            return
        query = urllib.parse.parse_qs(url.query).get("query", [""])[0]
        line = {"query": query, "authorization": self.headers.get("Authorization", "")}
        with lock, open(f"{state}/queries.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        answer = json.loads(load("answers.json", "{}")).get(query, {})
        loopback.wait(answer.get("delay", 0))
        if answer.get("drop"):
            self.close_connection = True
            return
        self.tell(
            answer.get("status", 200), answer.get("body", json.dumps(nothing)),
            {"Content-Type": "application/json"})


loopback.serve(Handler, state, parent)
