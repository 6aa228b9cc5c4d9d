#!/usr/bin/env python3
"""Step 4: a hub in the middle spares messages. When it does not answer, the next node takes its place."""

import asyncio
from collections import defaultdict

from maelstrom import Node

WINDOW = 0.2

node = Node()
seen = set()
untold = defaultdict(set)
hub_index = 0


def hub():
    return node.node_ids[hub_index]


def tell_all_but(source, message):
    for peer in node.node_ids:
        if peer not in (source, node.id):
            untold[peer].add(message)


def pass_on(message):
    if hub() == node.id:
        tell_all_but(None, message)
    else:
        untold[hub()].add(message)


async def flush():
    while True:
        await asyncio.sleep(WINDOW)
        for peer, messages in untold.items():
            if messages:
                node.spawn(tell(peer, sorted(messages), relay=peer == hub()))


async def tell(peer, messages, relay):
    try:
        # With relay the receiver is asked to tell all others, which makes it a hub.
        await node.rpc(peer, {"type": "gossip", "messages": messages, "relay": relay})
        untold[peer].difference_update(messages)
    except asyncio.TimeoutError:
        # Whoever is no hub stays untold until it answers.
        if relay and peer == hub():
            fail_over()


def fail_over():
    """What the old hub was not told, or did not confirm, goes to the next one too. It may be this node itself."""
    global hub_index
    unconfirmed = set(untold[hub()])
    hub_index = (hub_index + 1) % len(node.node_ids)
    for message in unconfirmed:
        pass_on(message)


@node.on("broadcast")
def broadcast(src, body):
    if body["message"] not in seen:
        seen.add(body["message"])
        pass_on(body["message"])


@node.on("gossip")
def gossip(src, body):
    for message in body["messages"]:
        if message not in seen:
            seen.add(message)
            if body["relay"]:
                tell_all_but(src, message)


@node.on("read")
def read(src, body):
    return {"messages": sorted(seen)}


node.run(flush)
