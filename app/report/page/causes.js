// What caused what: which message a message answers, in which turn of its node it was sent, and which operation of a
// client it belongs to.

class Causes {
  constructor(messages, { answers, sent_in, received_in }, { operations, head }) {
    Object.assign(this, { messages, answers, sentIn: sent_in, receivedIn: received_in, operations, head });
    this.answeredBy = new Map();
    this.received = new Map();  // by turn
    this.sent = new Map();
    const add = (map, key, place) => (map.get(key) ?? map.set(key, []).get(key)).push(place);
    for (let place = 0; place < messages.length; ++place) {
      if (answers[place] > 0) add(this.answeredBy, place - answers[place], place);
      if (received_in[place] > 0) add(this.received, received_in[place], place);
      if (sent_in[place] > 0) add(this.sent, sent_in[place], place);
    }
    this.readOperations();
  }

  /** Which messages of its client belong to each operation: those of its connection, from its begin to its end. */
  readOperations() {
    const { messages, operations, head } = this;
    this.operationOf = new Map();
    this.messagesOf = new Map();
    const ofClient = new Map();
    for (let place = 0; place < messages.length; ++place) {
      for (const name of [messages.src[place], messages.dest[place]]) {
        if (name >= messages.firstClient) (ofClient.get(name) ?? ofClient.set(name, []).get(name)).push(place);
      }
    }
    if (ofClient.size === 0) return;
    const slowest = 5000;  // microseconds from the begin of an operation to its first message, in real time
    for (let operation = 0; operation < operations.start.length; ++operation) {
      const start = operations.start[operation];
      const node = messages.names.indexOf(nodeOf(operations.process[operation]));
      const end = operations.took[operation] < 0 ? Infinity : start + operations.took[operation];
      let first = lowerBound(messages.sent, start);
      const isRequest = (place) => messages.dest[place] === node && messages.src[place] >= messages.firstClient && !this.operationOf.has(place);
      while (first < messages.length && messages.sent[first] <= start + slowest && !isRequest(first)) ++first;
      if (first >= messages.length || messages.sent[first] > start + slowest) continue;
      const all = ofClient.get(messages.src[first]);
      const own = [];
      for (let i = lowerBound(all, first); i < all.length && messages.sent[all[i]] <= end; ++i) {
        // The next request of a client that waits for nothing any more is another operation's.
        if (end === Infinity && own.length > 0 && messages.src[all[i]] === messages.src[first]) break;
        own.push(all[i]);
        this.operationOf.set(all[i], operation);
      }
      this.messagesOf.set(operation, own);
    }
  }

  causesOf(place) {
    const causes = new Set(this.sentIn[place] > 0 ? this.received.get(this.sentIn[place]) : []);
    if (this.answers[place] > 0) causes.add(place - this.answers[place]);
    return [...causes].sort((a, b) => a - b);
  }

  effectsOf(place) {
    const effects = new Set(this.receivedIn[place] > 0 ? this.sent.get(this.receivedIn[place]) : []);
    for (const answer of this.answeredBy.get(place) ?? []) effects.add(answer);
    return [...effects].sort((a, b) => a - b);
  }

  /** All that led to some messages and all that came of them: the messages by what they are to them. */
  around(places) {
    const most = 2000;
    const found = new Map(places.map((place) => [place, "chosen"]));
    const walk = (next, role) => {
      const rest = [...places];
      while (rest.length > 0 && found.size < most) {
        for (const place of next(rest.pop())) {
          if (found.has(place)) continue;
          found.set(place, role);
          rest.push(place);
        }
      }
    };
    walk((place) => this.causesOf(place), "cause");
    walk((place) => this.effectsOf(place), "effect");
    return found;
  }
}
