#!/usr/bin/env node
// A node that makes the mistake of its second argument: node.js WORKLOAD MISTAKE. It is right as the only one without.
const readline = require('readline');

const [workload, mistake] = process.argv.slice(2);
const values = new Map();
const elements = [];
let me = '';

function say(dest, body) {
  process.stdout.write(JSON.stringify({src: me, dest, body}) + (mistake === 'no-line-break' ? '' : '\n'));
}

function open(key) {
  try {
    return values.get(key).open.now;
  } catch (cause) {
    throw new Error('cannot read ' + key, {cause});
  }
}

const handlers = {
  init: (body) => { me = body.node_id; return {}; },
  topology: () => ({}),
  echo: (body) => ({echo: mistake === 'changes' ? body.echo + '!' : body.echo}),
  // Numbers in floating point, which lose their last digits beyond 2^53.
  generate: () => ({id: mistake === 'random-ids' ? Math.floor(Math.random() * 50) : me + values.set(values.size, 1).size}),
  broadcast: (body) => { elements.push(body.message); return {}; },
  read: (body) => {
    if (mistake === 'crash') open(body.key);
    if (workload === 'broadcast') return {messages: mistake === 'set' ? new Set(elements) : elements};
    if (!values.has(body.key)) return mistake === 'undefined' ? {value: values.get(body.key)} : null;
    return {value: values.get(body.key)};
  },
  write: (body) => { values.set(body.key, body.value); return {}; },
  cas: (body) => {
    if (!values.has(body.key)) return null;
    if (values.get(body.key) !== body.from && mistake !== 'cas-always') return null;
    values.set(body.key, body.to);
    return {};
  },
};

async function handle(message) {
  const body = message.body;
  if (mistake === 'console' && body.type !== 'init') console.log('got ' + body.type);
  if (mistake === 'rejection' && body.type !== 'init') await Promise.reject(new TypeError('no ' + body.type));
  const fields = handlers[body.type](body);
  const reply = fields === null ? {type: 'error', code: body.type === 'cas' && values.has(body.key) ? 22 : 20}
                                : {type: body.type + '_ok', ...fields};
  reply.in_reply_to = body.msg_id;
  if (mistake === 'wrong-id' && body.type !== 'init') reply.in_reply_to = message.id;
  if (mistake === 'camel-case' && body.type !== 'init') {
    delete reply.in_reply_to;
    reply.inReplyTo = body.msg_id;
  }
  say(message.src, reply);
}

readline.createInterface({input: process.stdin}).on('line', (line) => { handle(JSON.parse(line)); });
