#!/usr/bin/env node
// A node for Maelstrom, on nothing but what Node.js brings.
'use strict';

const readline = require('readline');

const handlers = new Map();
let nodeId = '';
let nodeIds = [];

/** Names the function that handles messages of a type. */
function on(kind, handler) {
  handlers.set(kind, handler);
}

/** Sends a message to a node, a client or a service such as lin-kv. */
function send(dest, body) {
  process.stdout.write(JSON.stringify({ src: nodeId, dest, body }) + '\n');
}

/** Answers a request. */
function reply(request, body) {
  send(request.src, { ...body, in_reply_to: request.body.msg_id });
}

on('init', (request) => {
  nodeId = request.body.node_id;
  nodeIds = request.body.node_ids;
  reply(request, { type: 'init_ok' });
});

// Challenge 1: the request comes back as it is.
on('echo', (request) => {
  reply(request, { type: 'echo_ok', echo: request.body.echo });
});

// Challenge 3a, broadcast, goes here: on('topology'), on('broadcast') and on('read'), which are answered with
// topology_ok, broadcast_ok and read_ok {messages: [...]}. Logs go to standard error: console.error.

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  const handler = handlers.get(message.body.type);
  if (handler) {
    handler(message);
  } else if (message.body.msg_id !== undefined) {
    reply(message, { type: 'error', code: 10, text: `no handler for ${message.body.type}` });
  }
});
