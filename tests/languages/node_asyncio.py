#!/usr/bin/env python3
"""The node in Python with asyncio."""
import asyncio
import json
import os
import random
import sys

WRONG = sys.argv[1:] == ["wrong"]
me, peers, seen, pending, count = None, [], set(), {}, 0


def send(dest, body):
    sys.stdout.write(json.dumps({"src": me, "dest": dest, "body": body}) + "\n")
    sys.stdout.flush()


async def tell_again():
    while True:
        await asyncio.sleep(random.uniform(0.15, 0.25))
        for peer, rest in pending.items():
            if rest:
                send(peer, {"type": "gossip", "messages": sorted(rest)})


async def learn(messages, source=None):
    new = [each for each in messages if each not in seen]
    seen.update(new)
    for peer in peers:
        if peer != source and new:
            if not WRONG:
                pending[peer].update(new)
            await asyncio.sleep(0)
            send(peer, {"type": "gossip", "messages": new})


async def handle(message):
    global me, peers, count
    source, body = message["src"], message["body"]
    answer = {"type": body["type"] + "_ok"}
    match body["type"]:
        case "init":
            me = body["node_id"]
            peers = [each for each in body["node_ids"] if each != me]
            pending.update({peer: set() for peer in peers})
            asyncio.create_task(tell_again())
        case "echo":
            answer["echo"] = body["echo"]
        case "generate":
            count += 1
            answer["id"] = count if WRONG else os.urandom(8).hex()
        case "broadcast":
            await learn([body["message"]])
        case "gossip":
            await learn(body["messages"], source)
            answer["messages"] = body["messages"]
        case "gossip_ok":
            pending[source].difference_update(body["messages"])
        case "hello":
            pending[source].update(seen)
        case "read":
            answer["messages"] = list(seen)
    if "msg_id" in body:
        answer["in_reply_to"] = body["msg_id"]
    if "msg_id" in body or body["type"] == "gossip":
        send(source, answer)
    if body["type"] == "init" and not WRONG:
        for peer in peers:
            send(peer, {"type": "hello"})


async def main():
    reader = asyncio.StreamReader(limit=1 << 24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks = set()
    while line := await reader.readline():
        message = json.loads(line)
        if message["body"]["type"] == "init":
            await handle(message)
        else:
            task = asyncio.create_task(handle(message))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


asyncio.run(main())
