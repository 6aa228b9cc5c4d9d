#!/usr/bin/env node
// The node in JavaScript.
const { randomUUID } = require("crypto");
const wrong = process.argv[2] === "wrong";
let me, peers = [], count = 0;
const seen = new Set(), pending = new Map();

const send = (dest, body) => process.stdout.write(JSON.stringify({ src: me, dest, body }) + "\n");

function tellAgain() {
  for (const [peer, rest] of pending) if (rest.size > 0) send(peer, { type: "gossip", messages: [...rest] });
  setTimeout(tellAgain, 150 + Math.random() * 100);
}

function learn(messages, source) {
  const fresh = messages.filter((each) => !seen.has(each));
  for (const each of fresh) seen.add(each);
  if (fresh.length === 0) return;
  for (const peer of peers.filter((each) => each !== source)) {
    if (!wrong) for (const each of fresh) pending.get(peer).add(each);
    send(peer, { type: "gossip", messages: fresh });
  }
}

async function handle({ src, body }) {
  const answer = { type: body.type + "_ok" };
  switch (body.type) {
    case "init":
      me = body.node_id;
      peers = body.node_ids.filter((each) => each !== me);
      for (const peer of peers) pending.set(peer, new Set());
      setTimeout(tellAgain, 200);
      break;
    case "echo": answer.echo = body.echo; break;
    case "generate": answer.id = wrong ? ++count : randomUUID(); break;
    case "broadcast":
      await Promise.resolve();
      learn([body.message]);
      break;
    case "gossip": learn(body.messages, src); answer.messages = body.messages; break;
    case "gossip_ok": for (const each of body.messages) pending.get(src).delete(each); break;
    case "hello": for (const each of seen) pending.get(src).add(each); break;
    case "read": answer.messages = [...seen]; break;
  }
  if ("msg_id" in body) answer.in_reply_to = body.msg_id;
  if ("msg_id" in body || body.type === "gossip") send(src, answer);
  if (body.type === "init" && !wrong) for (const peer of peers) send(peer, { type: "hello" });
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => handle(JSON.parse(line)));
