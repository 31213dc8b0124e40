#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""notify-server.py STATE_DIR PORT PARENT

Takes what notification programs post, on loopback; port 0 is a free one, told in STATE_DIR/port. Each request is a line
of STATE_DIR/requests.jsonl, written before it is answered. STATE_DIR/answers.json says how, by path, and is read for
each request: {"/x": {"status": 429, "headers": {"Retry-After": "7"}, "body": "slow down", "delay": 3, "drop": true}}.
Anything else is answered with 200 and "ok". Ends when the process PARENT has ended.
"""
import json
import sys
import threading

import loopback

state, port, parent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
lock = threading.Lock()


def answers():
    try:
        with open(f"{state}/answers.json", encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


class Handler(loopback.Handler):
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
        loopback.wait(answer.get("delay", 0))
        if answer.get("drop"):
            self.close_connection = True
            return
        self.tell(status, answer.get("body", "ok"), answer.get("headers", {}))


loopback.serve(Handler, state, parent, port)
