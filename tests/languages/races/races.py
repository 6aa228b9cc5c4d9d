#!/usr/bin/env python3
"""A node alone, with a thread a request, that does one of these where a lock belongs:

counter  reads a total, logs, and writes it back (pn-counter)
ids      reads the next number, logs, and writes the next but one (unique-ids)
cas      compares, logs, and sets (lin-kv)
early    answers a write, logs, and writes (lin-kv)
lazy     makes its set when it finds none, which two may do (broadcast)
copy     copies its set, logs, and puts the copy with one more in its place (broadcast)
map      takes a list out of a map, logs, and puts it back with one more (broadcast)
"""
import json
import sys
import threading

RACE = sys.argv[1]
total, next_id, values, elements, shelves = 0, 0, {}, None, {}
output = threading.Lock()


def log(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def reply(message, **more):
    request = message["body"]
    body = {"type": request["type"] + "_ok", "in_reply_to": request["msg_id"], **more}
    line = json.dumps({"src": message["dest"], "dest": message["src"], "body": body})
    with output:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def add(message):
    global total
    seen = total
    log(f"adding to {seen}")
    total = seen + message["body"]["delta"]
    reply(message)


def generate(message):
    global next_id
    taken = next_id
    log(f"giving {taken}")
    next_id = taken + 1
    reply(message, id=taken)


def cas(message):
    body = message["body"]
    if body["key"] not in values:
        return reply(message, type="error", code=20, text="no such key")
    if values[body["key"]] != body["from"]:
        return reply(message, type="error", code=22, text="another value")
    if RACE == "cas":
        log(f"key {body['key']} has the value {body['from']}")
    values[body["key"]] = body["to"]
    reply(message)


def write(message):
    body = message["body"]
    if RACE == "early":
        reply(message)
        log(f"key {body['key']} will have the value {body['value']}")
    values[body["key"]] = body["value"]
    if RACE != "early":
        reply(message)


def broadcast(message):
    global elements
    if RACE == "copy":
        copy = set(elements or ())
        log(f"{len(copy)} so far")
        copy.add(message["body"]["message"])
        elements = copy
    elif RACE == "map":
        shelf = message["body"]["message"] % 2
        books = shelves.get(shelf, [])
        log(f"{len(books)} on shelf {shelf}")
        shelves[shelf] = [*books, message["body"]["message"]]
    else:
        if elements is None:
            log("the first")
            elements = set()
        elements.add(message["body"]["message"])
    reply(message)


def read(message):
    key = message["body"].get("key")
    if key is not None and key not in values:
        reply(message, type="error", code=20, text="no such key")
    elif key is not None:
        reply(message, value=values[key])
    elif RACE == "counter":
        reply(message, value=total)
    elif RACE == "map":
        reply(message, messages=[book for books in list(shelves.values()) for book in books])
    else:
        reply(message, messages=sorted(elements or ()))


HANDLERS = {"init": reply, "topology": reply, "add": add, "generate": generate, "cas": cas, "write": write,
            "broadcast": broadcast, "read": read}
for line in sys.stdin:
    message = json.loads(line)
    threading.Thread(target=HANDLERS[message["body"]["type"]], args=(message,)).start()
