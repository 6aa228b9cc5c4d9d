"""What the four steps share: a node for Maelstrom, on nothing but Python's standard library."""

import asyncio
import json
import sys


class Node:
    """Reads messages, hands each to its handler, and sends. All of it runs in one thread, so that nothing needs a lock."""

    def __init__(self):
        self.id = None
        self.node_ids = []
        self.neighbours = []
        self.handlers = {"init": self._init, "topology": self._topology}
        self._waiting = {}
        self._count = 0
        self._tasks = set()

    def on(self, kind):
        """Names the function that handles messages of a type. It returns the body of its reply."""

        def register(handler):
            self.handlers[kind] = handler
            return handler

        return register

    def send(self, dest, body):
        """Sends a message and forgets it."""
        # Without flush the line would wait in a buffer, and nobody would ever see it.
        print(json.dumps({"src": self.id, "dest": dest, "body": body}), flush=True)

    async def rpc(self, dest, body, timeout=1.0):
        """Sends a request and returns the body of its reply; raises asyncio.TimeoutError when none comes in time."""
        self._count += 1
        msg_id = self._count
        reply = self._waiting[msg_id] = asyncio.get_running_loop().create_future()
        self.send(dest, {**body, "msg_id": msg_id})
        try:
            return await asyncio.wait_for(reply, timeout)
        finally:
            del self._waiting[msg_id]

    def spawn(self, coroutine):
        """Runs a coroutine beside everything else."""
        task = asyncio.ensure_future(coroutine)
        # asyncio itself would forget a task that nobody holds.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def run(self, *background):
        """Handles messages until standard input ends. `background` are functions that begin with the node."""
        asyncio.run(self._read(background))

    async def _read(self, background):
        lines = asyncio.StreamReader(limit=1 << 24)
        protocol = asyncio.StreamReaderProtocol(lines)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        for begin in background:
            self.spawn(begin())
        while line := await lines.readline():
            self._handle(json.loads(line))

    def _handle(self, message):
        body = message["body"]
        if "in_reply_to" in body:
            reply = self._waiting.get(body["in_reply_to"])
            if reply and not reply.done():
                reply.set_result(body)
            return
        if handler := self.handlers.get(body["type"]):
            answer = handler(message["src"], body) or {}
        else:
            answer = {"type": "error", "code": 10, "text": f"no handler for {body['type']}"}
        if "msg_id" in body:
            self.send(message["src"], {"type": body["type"] + "_ok", **answer, "in_reply_to": body["msg_id"]})

    def _init(self, src, body):
        self.id, self.node_ids = body["node_id"], body["node_ids"]

    def _topology(self, src, body):
        self.neighbours = body["topology"][self.id]
