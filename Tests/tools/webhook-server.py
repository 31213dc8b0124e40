#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""webhook-server.py STATE_DIR PARENT

A mutating admission webhook on loopback, over TLS with STATE_DIR/cert.pem and key.pem, on a free port that it tells in
STATE_DIR/port. What it does to each object is the JSON patch in the file STATE_DIR/patch.json, read for each request; each
request's object is a line `KIND NAME` of STATE_DIR/seen. Ends when the process PARENT has ended.
"""
import base64
import http.server
import json
import os
import ssl
import sys
import threading
import time

state, parent = sys.argv[1], int(sys.argv[2])
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = review["request"]
        with lock, open(f"{state}/seen", "a", encoding="utf-8") as file:
            file.write(f"{request['kind']['kind']} {request['name']}\n")
        with open(f"{state}/patch.json", "rb") as file:
            patch = base64.b64encode(file.read()).decode("ascii")
        answer = {
            "apiVersion": review["apiVersion"],
            "kind": "AdmissionReview",
            "response": {
                "uid": request["uid"], "allowed": True, "patchType": "JSONPatch", "patch": patch},
        }
        body = json.dumps(answer).encode("utf-8")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
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
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{state}/cert.pem", f"{state}/key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=watch, daemon=True).start()
with open(f"{state}/port.new", "w", encoding="utf-8") as told:
    told.write(str(server.server_port))
os.rename(f"{state}/port.new", f"{state}/port")
server.serve_forever()
