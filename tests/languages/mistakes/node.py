#!/usr/bin/env python3
"""A node of every workload that makes the mistake of its second argument: node.py WORKLOAD MISTAKE.

Without the mistake it is a right node as long as it is the only one, and right for broadcast and g-set among others.
"""

import json
import sys
import time

WORKLOAD, MISTAKE = sys.argv[1:3]
LISTS = {"broadcast": "messages", "g-set": "value"}

me, peers = "", []
elements, total, registers, logs, committed, ids = [], 0, {}, {}, {}, 0
# As Python's own standard output is unless PYTHONUNBUFFERED is set.
buffered = open(1, "w", buffering=1 << 13, closefd=False)


def say(dest, body, src=None):
    line = json.dumps({"src": src or me, "dest": dest, "body": body})
    if MISTAKE == "no-flush":
        buffered.write(line + "\n")
        return
    end = "" if MISTAKE == "no-line-break" and body["type"] != "init_ok" else "\n"
    print(line, end=end, flush=True)


def tell_peers(element, except_for=None):
    if MISTAKE == "no-gossip":
        return
    for peer in peers:
        if peer != except_for:
            say(peer, {"type": "tell", "element": element})


def keep(element, heard_from=None):
    if MISTAKE in ("storm", "storm-for-ever"):
        # Known or not, it is told again.
        if element not in elements:
            elements.append(element)
        for peer in peers:
            if peer != heard_from and storm_goes_on(element):
                say(peer, {"type": "tell", "element": element})
        return
    if element in elements:
        return
    elements.append(element)
    tell_peers(element, heard_from)


told = {}


def storm_goes_on(element):
    told[element] = told.get(element, 0) + 1
    return MISTAKE == "storm-for-ever" or told[element] <= 100


def read_log(key, offset):
    log = logs.get(key, [])
    return [[at, log[at]] for at in range(offset, len(log))]


def transact(txn):
    done = []
    for function, key, value in txn:
        if function == "r":
            stored = registers.get(key, 0 if MISTAKE == "zero-for-null" else None)
            value = list(stored) if isinstance(stored, list) else stored
        elif function == "append":
            registers.setdefault(key, []).append(value)
        else:
            registers[key] = value
        done.append([function, key, value])
    return done


class Failed(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.body = {"type": "error", "code": code, "text": text}


def answer(body):
    """The fields of the answer to a request of a client."""
    global total, ids
    kind = body["type"]
    if kind == "echo":
        return {"echo": body["echo"]}
    if kind == "generate":
        ids += 1
        return {"id": ids if MISTAKE == "local-ids" else f"{me}-{ids}"}
    if kind in ("broadcast", "add") and WORKLOAD in LISTS:
        element = body.get("message", body.get("element"))
        if MISTAKE == "forgets-every-tenth" and len(elements) % 10 == 9 and element % 2:
            return {}
        keep(str(element) if MISTAKE == "strings" else element)
        return {}
    if kind == "add":
        total += abs(body["delta"]) if MISTAKE == "no-negative" else body["delta"]
        return {}
    if kind == "read" and WORKLOAD in LISTS:
        return {LISTS[WORKLOAD]: elements}
    if kind == "read" and WORKLOAD == "lin-kv":
        key = body["key"]
        if key not in registers and MISTAKE != "zero-for-null":
            raise Failed(20, "no such key")
        value = registers.get(key, 0)
        return {"value": str(value) if MISTAKE == "strings" else value}
    if kind == "read":
        return {"value": str(total) if MISTAKE == "strings" else total}
    if kind == "write":
        registers[body["key"]] = body["value"]
        return {}
    if kind == "cas":
        if body["key"] not in registers:
            raise Failed(20, "no such key")
        if registers[body["key"]] != body["from"] and MISTAKE != "cas-without-look":
            raise Failed(22, "another value")
        registers[body["key"]] = body["to"]
        return {}
    if kind == "send":
        log = logs.setdefault(body["key"], [])
        log.append(str(body["msg"]) if MISTAKE == "strings" else body["msg"])
        return {"offset": len(log) - 1}
    if kind == "poll":
        return {"msgs": {key: read_log(key, offset) for key, offset in body["offsets"].items()}}
    if kind == "commit_offsets":
        committed.update(body["offsets"])
        return {}
    if kind == "list_committed_offsets":
        return {"offsets": {key: committed[key] for key in body["keys"] if key in committed}}
    if kind == "txn":
        txn = transact(body["txn"])
        if MISTAKE == "strings":
            txn = [[f, k, v if f != "r" or v is None else str(v) if isinstance(v, int) else [str(x) for x in v]]
                   for f, k, v in txn]
        return {"txn": txn}
    if kind in ("init", "topology"):
        return {}
    raise Failed(10, "no " + kind)


def reply_to(message):
    """The body of the reply, or None for none."""
    body = message["body"]
    kind, msg_id = body["type"], body["msg_id"]
    if MISTAKE == "unsupported" and kind not in ("init", "topology"):
        return {"type": "error", "code": 10, "text": "not supported", "in_reply_to": msg_id}
    if MISTAKE == "silent" and kind not in ("init", "topology"):
        return None
    if MISTAKE == "crash" and kind not in ("init", "topology"):
        crash(body)
    if MISTAKE == "blocks" and kind not in ("init", "topology"):
        time.sleep(10)
    if MISTAKE == "blocks-for-ever" and kind not in ("init", "topology"):
        while True:
            time.sleep(1000)
    try:
        fields = answer(body)
        reply = {"type": kind + "_ok", **fields}
    except Failed as failed:
        reply = failed.body
    if MISTAKE == "wrong-type" and kind not in ("init", "topology"):
        reply["type"] = "ok"
    if MISTAKE == "wrong-field" and fields_of(reply):
        field = fields_of(reply)[0]
        reply[field + "s" if field[-1] != "s" else field[:-1]] = reply.pop(field)
    if MISTAKE == "missing-field" and fields_of(reply):
        del reply[fields_of(reply)[0]]
    if MISTAKE == "field-beside" and kind not in ("init", "topology"):
        reply["node"] = me
    if MISTAKE == "number-as-text" and fields_of(reply):
        field = fields_of(reply)[0]
        reply[field] = json.dumps(reply[field])
    reply["in_reply_to"] = msg_id
    if MISTAKE == "reply-to-the-next" and kind not in ("init", "topology"):
        reply["in_reply_to"] = msg_id + 1
    if MISTAKE == "reply-to-text" and kind not in ("init", "topology"):
        reply["in_reply_to"] = str(msg_id)
    if MISTAKE == "no-in-reply-to" and kind not in ("init", "topology"):
        del reply["in_reply_to"]
    return reply


def fields_of(reply):
    return [field for field in reply if field not in ("type", "in_reply_to", "msg_id", "code", "text")]


def crash(body):
    try:
        {}[body["type"]]
    except KeyError as cause:
        raise RuntimeError("no handler for " + body["type"]) from cause


def handle(message):
    global me, peers
    body = message["body"]
    if body["type"] == "init":
        me = body["node_id"]
        peers = [node for node in body["node_ids"] if node != me]
    if body["type"] == MISTAKE.removeprefix("no-answer-to-"):
        return
    if body["type"] == "tell":
        keep(body["element"], message["src"])
        return
    reply = reply_to(message)
    if reply is None:
        return
    if MISTAKE == "twice" and body["type"] not in ("init", "topology"):
        say(message["src"], reply)
    if MISTAKE == "print" and body["type"] not in ("init", "topology"):
        print("got", body, flush=True)
    if MISTAKE == "to-nobody" and body["type"] not in ("init", "topology"):
        say("n99", {"type": "tell", "element": 1})
    if MISTAKE == "anothers-name" and body["type"] not in ("init", "topology"):
        say(message["src"], reply, src="n2" if me != "n2" else "n1")
        return
    if MISTAKE == "clients-name" and body["type"] not in ("init", "topology"):
        say(message["src"], reply, src=message["src"])
        return
    say(message["src"], reply)


for line in sys.stdin:
    handle(json.loads(line))
