#!/usr/bin/env python3
"""The node in Python with a thread a message."""
import json
import random
import sys
import threading
import time
import uuid

WRONG = sys.argv[1:] == ["wrong"]
lock = threading.Lock()
me, peers, seen, pending, count = None, [], set(), {}, 0


def send(dest, body):
    line = json.dumps({"src": me, "dest": dest, "body": body})
    with lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def tell_again():
    while True:
        time.sleep(random.uniform(0.15, 0.25))
        with lock:
            due = [(peer, sorted(rest)) for peer, rest in pending.items() if rest]
        for peer, messages in due:
            send(peer, {"type": "gossip", "messages": messages})


def learn(messages, source=None):
    with lock:
        new = [each for each in messages if each not in seen]
        seen.update(new)
        for peer in peers:
            if peer != source and not WRONG:
                pending[peer].update(new)
    if new:
        for peer in peers:
            if peer != source:
                send(peer, {"type": "gossip", "messages": new})


def handle(message):
    global me, peers, count
    source, body = message["src"], message["body"]
    answer = {"type": body["type"] + "_ok"}
    match body["type"]:
        case "init":
            me = body["node_id"]
            peers = [each for each in body["node_ids"] if each != me]
            pending.update({peer: set() for peer in peers})
            threading.Thread(target=tell_again, daemon=True).start()
        case "echo":
            answer["echo"] = body["echo"]
        case "generate":
            with lock:
                count += 1
                answer["id"] = count if WRONG else str(uuid.uuid4())
        case "broadcast":
            learn([body["message"]])
        case "gossip":
            learn(body["messages"], source)
            answer["messages"] = body["messages"]
        case "gossip_ok":
            with lock:
                pending[source].difference_update(body["messages"])
        case "hello":
            with lock:
                pending[source].update(seen)
        case "read":
            with lock:
                answer["messages"] = list(seen)
    if "msg_id" in body:
        answer["in_reply_to"] = body["msg_id"]
    if "msg_id" in body or body["type"] == "gossip":
        send(source, answer)
    if body["type"] == "init" and not WRONG:
        for peer in peers:
            send(peer, {"type": "hello"})


for line in sys.stdin:
    message = json.loads(line)
    if message["body"]["type"] == "init":
        handle(message)  # before anything else
    else:
        threading.Thread(target=handle, args=(message,)).start()
