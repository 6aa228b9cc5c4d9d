//! A node for Maelstrom, on nothing but Rust's standard library. Build it: cargo build --release

mod json;

use json::{object, Json};
use std::collections::HashMap;
use std::io::{self, BufRead, Write};

/// A message: who sent it, and what it says.
struct Message {
    src: String,
    body: Json,
}

type Handler = fn(&mut Node, &Message);

/// Knows its own name and that of every node. Messages are handled one after the other, so that handlers may change it.
struct Node {
    id: String,
    ids: Vec<String>,
    handlers: HashMap<&'static str, Handler>,
}

impl Node {
    /// Names the function that handles messages of a type.
    fn on(&mut self, kind: &'static str, handler: Handler) {
        self.handlers.insert(kind, handler);
    }

    /// Sends a message to a node, a client or a service such as lin-kv.
    fn send(&self, dest: &str, body: Json) {
        let message = object([("src", Json::from(&self.id)), ("dest", Json::from(dest)), ("body", body)]);
        // Without flush the line could wait in a buffer, and nobody would ever see it.
        let mut out = io::stdout().lock();
        writeln!(out, "{message}").and_then(|()| out.flush()).expect("standard output is open");
    }

    /// Answers a request.
    fn reply(&self, request: &Message, mut body: Json) {
        body.set("in_reply_to", request.body.get("msg_id").clone());
        self.send(&request.src, body);
    }

    /// Handles messages until standard input ends.
    fn run(&mut self) {
        for line in io::stdin().lock().lines() {
            let line = line.expect("standard input is UTF-8");
            let parsed = Json::parse(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let message = Message { src: parsed.get("src").text().to_string(), body: parsed.get("body").clone() };
            let kind = message.body.get("type").text().to_string();
            match self.handlers.get(kind.as_str()) {
                Some(&handler) => handler(self, &message),
                None if *message.body.get("msg_id") != Json::Null => {
                    let text = Json::from(&format!("no handler for {kind}"));
                    self.reply(&message, object([("type", Json::from("error")), ("code", Json::Int(10)), ("text", text)]));
                }
                None => {}
            }
        }
    }
}

fn init(node: &mut Node, request: &Message) {
    node.id = request.body.get("node_id").text().to_string();
    node.ids = request.body.get("node_ids").items().iter().map(|id| id.text().to_string()).collect();
    eprintln!("{} is one of {} nodes", node.id, node.ids.len());
    node.reply(request, object([("type", Json::from("init_ok"))]));
}

/// Challenge 1: the request comes back as it is.
fn echo(node: &mut Node, request: &Message) {
    node.reply(request, object([("type", Json::from("echo_ok")), ("echo", request.body.get("echo").clone())]));
}

// Challenge 3a, broadcast, goes here: functions for "topology", "broadcast" and "read", which are answered with
// topology_ok, broadcast_ok and read_ok {"messages": [...]}. What they must remember becomes a field of Node. Logs go to
// standard error: eprintln!.

fn main() {
    let mut node = Node { id: String::new(), ids: Vec::new(), handlers: HashMap::new() };
    node.on("init", init);
    node.on("echo", echo);
    node.run();
}
