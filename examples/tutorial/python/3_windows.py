#!/usr/bin/env python3
"""Step 3: collect what is new for a while; one message and one answer then serve all of it."""

import asyncio
from collections import defaultdict

from maelstrom import Node

WINDOW = 0.2

node = Node()
seen = set()
untold = defaultdict(set)


def add(message, source):
    if message in seen:
        return
    seen.add(message)
    for neighbour in node.neighbours:
        if neighbour != source:
            untold[neighbour].add(message)


async def flush():
    while True:
        await asyncio.sleep(WINDOW)
        for neighbour, messages in untold.items():
            if messages:
                node.spawn(tell(neighbour, sorted(messages)))


async def tell(neighbour, messages):
    try:
        await node.rpc(neighbour, {"type": "gossip", "messages": messages})
        untold[neighbour].difference_update(messages)
    except asyncio.TimeoutError:
        pass  # the messages stay untold, and the next window repeats them


@node.on("broadcast")
def broadcast(src, body):
    add(body["message"], None)


@node.on("gossip")
def gossip(src, body):
    for message in body["messages"]:
        add(message, src)


@node.on("read")
def read(src, body):
    return {"messages": sorted(seen)}


node.run(flush)
