#!/usr/bin/env python3
"""Step 1: tell the neighbours once, and hope."""

from maelstrom import Node

node = Node()
seen = set()


@node.on("broadcast")
def broadcast(src, body):
    message = body["message"]
    if message in seen:
        return
    seen.add(message)
    for neighbour in node.neighbours:
        if neighbour != src:
            node.send(neighbour, {"type": "broadcast", "message": message})


@node.on("read")
def read(src, body):
    return {"messages": sorted(seen)}


node.run()
