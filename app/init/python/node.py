#!/usr/bin/env python3
"""A node for Maelstrom, on nothing but Python's standard library."""

import json
import sys

handlers = {}
node_id = None
node_ids = []


def on(kind):
    """Names the function that handles messages of a type."""

    def register(handler):
        handlers[kind] = handler
        return handler

    return register


def send(dest, body):
    """Sends a message to a node, a client or a service such as lin-kv."""
    # Without flush the line would wait in a buffer, and nobody would ever see it.
    print(json.dumps({"src": node_id, "dest": dest, "body": body}), flush=True)


def reply(request, body):
    """Answers a request."""
    send(request["src"], {**body, "in_reply_to": request["body"]["msg_id"]})


@on("init")
def handle_init(request):
    global node_id, node_ids
    node_id = request["body"]["node_id"]
    node_ids = request["body"]["node_ids"]
    reply(request, {"type": "init_ok"})


# Challenge 1: the request comes back as it is.
@on("echo")
def handle_echo(request):
    reply(request, {"type": "echo_ok", "echo": request["body"]["echo"]})


# Challenge 3a, broadcast, goes here: @on("topology"), @on("broadcast") and @on("read"), which are answered with
# topology_ok, broadcast_ok and read_ok {"messages": [...]}. Logs go to standard error: print(..., file=sys.stderr).


def main():
    for line in sys.stdin:
        message = json.loads(line)
        kind = message["body"]["type"]
        if kind in handlers:
            handlers[kind](message)
        elif "msg_id" in message["body"]:
            reply(message, {"type": "error", "code": 10, "text": f"no handler for {kind}"})


main()
