#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""webhook-server.py STATE_DIR PARENT

A mutating admission webhook on loopback, over TLS with STATE_DIR/cert.pem and key.pem, on a free port that it tells in
STATE_DIR/port. What it does to each object is the JSON patch in the file STATE_DIR/patch.json, read for each request; each
request's object is a line `KIND NAME` of STATE_DIR/seen. Ends when the process PARENT has ended.
"""
import base64
import json
import ssl
import sys
import threading

import loopback

state, parent = sys.argv[1], int(sys.argv[2])
lock = threading.Lock()


class Handler(loopback.Handler):
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
        self.tell(200, json.dumps(answer), {"Content-Type": "application/json"})


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{state}/cert.pem", f"{state}/key.pem")
loopback.serve(Handler, state, parent, tls=context)
