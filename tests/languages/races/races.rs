//! As races.py: counter, ids, early and map. It understands as much of JSON as it has to.
use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Mutex;
use std::thread;

static TOTAL: AtomicI64 = AtomicI64::new(0);
static NEXT_ID: AtomicI64 = AtomicI64::new(0);
static VALUES: Mutex<Option<HashMap<String, String>>> = Mutex::new(None);

/// The value of a field, as it stands there.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    let Some(at) = line.find(&format!("\"{name}\":")) else { return "" };
    let rest = line[at + name.len() + 3..].trim_start();
    let end = if rest.starts_with('"') { rest[1..].find('"').unwrap() + 2 } else { rest.find([',', '}']).unwrap() };
    &rest[..end]
}

fn reply(line: &str, body: &str) {
    let (src, dest, id) = (field(line, "dest"), field(line, "src"), field(line, "msg_id"));
    let text = format!("{{\"src\":{src},\"dest\":{dest},\"body\":{{{body},\"in_reply_to\":{id}}}}}\n");
    std::io::stdout().lock().write_all(text.as_bytes()).unwrap();
}

fn error(line: &str, code: u32) {
    reply(line, &format!("\"type\":\"error\",\"text\":\"no\",\"code\":{code}"));
}

fn value_of(key: &str) -> Option<String> {
    VALUES.lock().unwrap().get_or_insert_with(HashMap::new).get(key).cloned()
}

fn set(key: &str, value: &str) {
    VALUES.lock().unwrap().get_or_insert_with(HashMap::new).insert(key.into(), value.into());
}

fn shelf_of(shelf: i64) -> String {
    value_of(&shelf.to_string()).unwrap_or_default()
}

fn handle(line: &str, race: &str) {
    let kind = field(line, "type").trim_matches('"');
    let key = field(line, "key");
    match kind {
        "add" => {
            let seen = TOTAL.load(Ordering::SeqCst);
            eprintln!("adding to {seen}");
            TOTAL.store(seen + field(line, "delta").parse::<i64>().unwrap(), Ordering::SeqCst);
            reply(line, "\"type\":\"add_ok\"");
        }
        "generate" => {
            let taken = NEXT_ID.load(Ordering::SeqCst);
            eprintln!("giving {taken}");
            NEXT_ID.store(taken + 1, Ordering::SeqCst);
            reply(line, &format!("\"type\":\"generate_ok\",\"id\":{taken}"));
        }
        "write" => {
            reply(line, "\"type\":\"write_ok\"");
            eprintln!("key {key} will be written");
            set(key, field(line, "value"));
        }
        "cas" => match value_of(key) {
            None => error(line, 20),
            Some(value) if value != field(line, "from") => error(line, 22),
            Some(_) => {
                set(key, field(line, "to"));
                reply(line, "\"type\":\"cas_ok\"");
            }
        },
        "broadcast" => {
            let shelf = field(line, "message").parse::<i64>().unwrap() % 2;
            let books = shelf_of(shelf);
            eprintln!("{} bytes on shelf {shelf}", books.len());
            set(&shelf.to_string(), &format!("{books},{}", field(line, "message")));
            reply(line, "\"type\":\"broadcast_ok\"");
        }
        "read" if race == "map" => {
            let books = shelf_of(0) + &shelf_of(1);
            reply(line, &format!("\"type\":\"read_ok\",\"messages\":[{}]", books.trim_start_matches(',')));
        }
        "read" if race == "counter" => {
            reply(line, &format!("\"type\":\"read_ok\",\"value\":{}", TOTAL.load(Ordering::SeqCst)))
        }
        "read" => match value_of(key) {
            None => error(line, 20),
            Some(value) => reply(line, &format!("\"type\":\"read_ok\",\"value\":{value}")),
        },
        other => reply(line, &format!("\"type\":\"{other}_ok\"")),
    }
}

fn main() {
    let race = std::env::args().nth(1).unwrap();
    for line in std::io::stdin().lock().lines() {
        let (line, race) = (line.unwrap(), race.clone());
        thread::spawn(move || handle(&line, &race));
    }
}
