#!/usr/bin/env python3
"""Step 2: ask for an answer, and repeat until it comes."""

import asyncio
import random

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
            node.spawn(tell(neighbour, message))


async def tell(neighbour, message):
    pause = 0.05
    while True:
        try:
            # A set does not mind to hear twice, so that this may be repeated.
            await node.rpc(neighbour, {"type": "broadcast", "message": message}, timeout=0.5)
            return
        except asyncio.TimeoutError:
            await asyncio.sleep(random.uniform(pause / 2, pause))
            pause = min(2 * pause, 1.0)


@node.on("read")
def read(src, body):
    return {"messages": sorted(seen)}


node.run()
