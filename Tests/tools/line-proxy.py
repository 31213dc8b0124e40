#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""line-proxy.py STATE_DIR PARENT [TARGET]

A network line on loopback to TARGET, HOST:PORT, that counts bytes and can be cut. Without TARGET it is a forward proxy for
plain HTTP: the first line of each connection names the host. Listens on a free port, told in STATE_DIR/port.

STATE_DIR/counts has "UP DOWN CONNECTIONS" of all connections so far, written before the bytes go on. What STATE_DIR/cut says is
obeyed for each connection that begins after it was written: "down N" cuts after N more bytes to the client, "path TEXT"
cuts connections as soon as a request has TEXT in it, "" none. Ends when the process PARENT has ended.
"""
import os
import socket
import sys
import threading
import time

state, parent = sys.argv[1], int(sys.argv[2])
target = sys.argv[3] if len(sys.argv) > 3 else None
lock = threading.Lock()
counts = {"up": 0, "down": 0, "connections": 0}
left = {"rule": None, "bytes": 0}


def count(name, number):
    with lock:
        counts[name] += number
        with open(f"{state}/counts.new", "w", encoding="utf-8") as file:
            file.write(f"{counts['up']} {counts['down']} {counts['connections']}")
        os.rename(f"{state}/counts.new", f"{state}/counts")


def rule():
    try:
        with open(f"{state}/cut", encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def allowed(number):
    """How many of these bytes may still go down under the rule of now."""
    with lock:
        if left["rule"] is None:
            return number
        most = min(number, left["bytes"])
        left["bytes"] -= most
        return most


def close(*ends):
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()


def serve(client):
    now = rule()
    with lock:
        if not now.startswith("down "):
            left["rule"] = None
        elif left["rule"] != now:
            left["rule"], left["bytes"] = now, int(now.split()[1])
    forbidden = now[5:].encode() if now.startswith("path ") else None
    count("connections", 1)
    try:
        first = client.recv(65536)
        place = target or first.split(b" ")[1].split(b"/")[2].decode()
        host, port = place.rsplit(":", 1)
        server = socket.create_connection((host, int(port)))
    except (OSError, IndexError, ValueError):
        close(client)
        return

    def up(data):
        while data:
            if forbidden and forbidden in data:
                break
            count("up", len(data))
            server.sendall(data)
            data = client.recv(65536)
        close(server, client)

    def down():
        while data := server.recv(65536):
            most = allowed(len(data))
            count("down", most)
            client.sendall(data[:most])
            if most < len(data):
                break
        close(client, server)

    def safely(work, *arguments):
        try:
            work(*arguments)
        except OSError:
            close(client, server)

    threading.Thread(target=safely, args=(up, first), daemon=True).start()
    safely(down)


def watch():
    while os.path.exists(f"/proc/{parent}"):
        time.sleep(0.5)
    os._exit(0)


listener = socket.create_server(("127.0.0.1", 0))
count("connections", 0)
threading.Thread(target=watch, daemon=True).start()
with open(f"{state}/port.new", "w", encoding="utf-8") as file:
    file.write(str(listener.getsockname()[1]))
os.rename(f"{state}/port.new", f"{state}/port")
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
