//! The node in Rust with a thread a message, on the standard library. It understands as much of JSON as it has to.
use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

struct Node {
    wrong: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    me: String,
    peers: Vec<String>,
    seen: HashSet<i64>,
    pending: HashMap<String, HashSet<i64>>,
    count: u64,
}

/// The value of a field, as it stands there.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let start = line.find(&format!("\"{name}\":"))? + name.len() + 3;
    let rest = line[start..].trim_start();
    let end = match rest.as_bytes()[0] {
        b'"' => rest[1..].find('"')? + 2,
        b'[' => rest.find(']')? + 1,
        _ => rest.find([',', '}'])?,
    };
    Some(&rest[..end])
}

fn text(value: &str) -> String {
    value.trim_matches('"').to_string()
}

fn numbers(value: &str) -> Vec<i64> {
    value.trim_matches(['[', ']']).split(',').filter_map(|each| each.trim().parse().ok()).collect()
}

fn list(numbers: &[i64]) -> String {
    let words: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", words.join(","))
}

fn chance() -> u64 {
    RandomState::new().build_hasher().finish()
}

impl Node {
    fn send(&self, dest: &str, body: &str) {
        let me = self.state.lock().unwrap().me.clone();
        let line = format!("{{\"src\":\"{me}\",\"dest\":\"{dest}\",\"body\":{{{body}}}}}\n");
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    }

    fn gossip(&self, peer: &str, messages: &[i64]) {
        self.send(peer, &format!("\"type\":\"gossip\",\"messages\":{}", list(messages)));
    }

    fn tell_again(&self) {
        loop {
            thread::sleep(Duration::from_millis(150 + chance() % 100));
            let due: Vec<(String, Vec<i64>)> = {
                let state = self.state.lock().unwrap();
                state.pending.iter().map(|(peer, rest)| (peer.clone(), rest.iter().copied().collect())).collect()
            };
            for (peer, messages) in due {
                if !messages.is_empty() {
                    self.gossip(&peer, &messages);
                }
            }
        }
    }

    fn learn(&self, messages: Vec<i64>, source: &str) {
        let (fresh, others) = {
            let mut state = self.state.lock().unwrap();
            let fresh: Vec<i64> = messages.into_iter().filter(|each| state.seen.insert(*each)).collect();
            let others: Vec<String> = state.peers.iter().filter(|each| *each != source).cloned().collect();
            if !self.wrong {
                for peer in &others {
                    state.pending.get_mut(peer).unwrap().extend(&fresh);
                }
            }
            (fresh, others)
        };
        if !fresh.is_empty() {
            for peer in &others {
                self.gossip(peer, &fresh);
            }
        }
    }

    fn handle(self: &Arc<Self>, line: &str) {
        let source = text(field(line, "src").unwrap());
        let kind = text(field(line, "type").unwrap());
        let reply = field(line, "msg_id").map(|id| format!(",\"in_reply_to\":{id}")).unwrap_or_default();
        let mut more = String::new();
        match kind.as_str() {
            "init" => {
                let mut state = self.state.lock().unwrap();
                state.me = text(field(line, "node_id").unwrap());
                let all = field(line, "node_ids").unwrap().trim_matches(['[', ']']).to_string();
                for each in all.split(',').map(|each| text(each.trim())) {
                    if each != state.me {
                        state.pending.insert(each.clone(), HashSet::new());
                        state.peers.push(each);
                    }
                }
                let node = self.clone();
                thread::spawn(move || node.tell_again());
            }
            "echo" => more = format!(",\"echo\":{}", field(line, "echo").unwrap()),
            "generate" => {
                let mut state = self.state.lock().unwrap();
                state.count += 1;
                more = if self.wrong { format!(",\"id\":{}", state.count) } else { format!(",\"id\":\"{:x}\"", chance()) };
            }
            "broadcast" => self.learn(numbers(field(line, "message").unwrap()), ""),
            "gossip" => {
                let messages = field(line, "messages").unwrap();
                self.learn(numbers(messages), &source);
                more = format!(",\"messages\":{messages}");
            }
            "gossip_ok" => {
                let mut state = self.state.lock().unwrap();
                for each in numbers(field(line, "messages").unwrap()) {
                    state.pending.get_mut(&source).unwrap().remove(&each);
                }
                return;
            }
            "hello" => {
                let mut state = self.state.lock().unwrap();
                let seen: Vec<i64> = state.seen.iter().copied().collect();
                state.pending.get_mut(&source).unwrap().extend(seen);
                return;
            }
            "read" => {
                let seen: Vec<i64> = self.state.lock().unwrap().seen.iter().copied().collect();
                more = format!(",\"messages\":{}", list(&seen));
            }
            _ => {}
        }
        self.send(&source, &format!("\"type\":\"{kind}_ok\"{more}{reply}"));
        if kind == "init" && !self.wrong {
            let peers = self.state.lock().unwrap().peers.clone();
            for peer in peers {
                self.send(&peer, "\"type\":\"hello\"");
            }
        }
    }
}

fn main() {
    let wrong = std::env::args().nth(1).as_deref() == Some("wrong");
    let node = Arc::new(Node { wrong, state: Mutex::new(State::default()) });
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        if line.contains("\"init\"") {
            node.handle(&line);
            continue;
        }
        let node = node.clone();
        thread::spawn(move || node.handle(&line));
    }
}
