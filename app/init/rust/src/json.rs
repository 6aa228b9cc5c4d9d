//! JSON: what parse() reads, Display writes.

#![allow(dead_code)] // what the first node does not need, the next one will

use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// An object of these fields.
pub fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
    Json::Object(fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
}

impl<T: AsRef<str> + ?Sized> From<&T> for Json {
    fn from(text: &T) -> Json {
        Json::Text(text.as_ref().to_string())
    }
}

impl Json {
    pub fn parse(text: &str) -> Result<Json, String> {
        let mut parser = Parser { text: text.as_bytes(), at: 0 };
        let value = parser.value()?;
        if parser.peek() != 0 {
            return Err(parser.wrong());
        }
        Ok(value)
    }

    /// A field of an object; Null when there is none.
    pub fn get(&self, name: &str) -> &Json {
        match self {
            Json::Object(fields) => fields.iter().find(|(each, _)| each == name).map_or(&Json::Null, |(_, value)| value),
            _ => &Json::Null,
        }
    }

    /// Sets a field of an object.
    pub fn set(&mut self, name: &str, value: Json) {
        if let Json::Object(fields) = self {
            fields.retain(|(each, _)| each != name);
            fields.push((name.to_string(), value));
        }
    }

    /// The characters of a text; nothing for anything else.
    pub fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            _ => "",
        }
    }

    pub fn int(&self) -> Option<i64> {
        match self {
            Json::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements of an array; none of anything else.
    pub fn items(&self) -> &[Json] {
        match self {
            Json::Array(items) => items,
            _ => &[],
        }
    }
}

fn write_text(out: &mut fmt::Formatter, text: &str) -> fmt::Result {
    write!(out, "\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(out, "\\{c}")?,
            c if (c as u32) < 0x20 => write!(out, "\\u{:04x}", c as u32)?,
            c => write!(out, "{c}")?,
        }
    }
    write!(out, "\"")
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Json::Null => write!(out, "null"),
            Json::Bool(value) => write!(out, "{value}"),
            Json::Int(value) => write!(out, "{value}"),
            Json::Float(value) => write!(out, "{value:?}"),
            Json::Text(text) => write_text(out, text),
            Json::Array(items) => {
                write!(out, "[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(out, "{}{item}", if i == 0 { "" } else { "," })?;
                }
                write!(out, "]")
            }
            Json::Object(fields) => {
                write!(out, "{{")?;
                for (i, (name, value)) in fields.iter().enumerate() {
                    write!(out, "{}", if i == 0 { "" } else { "," })?;
                    write_text(out, name)?;
                    write!(out, ":{value}")?;
                }
                write!(out, "}}")
            }
        }
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn wrong(&self) -> String {
        format!("no JSON at {}", self.at)
    }

    /// The next byte that is no blank; 0 at the end.
    fn peek(&mut self) -> u8 {
        while self.at < self.text.len() && self.text[self.at] <= b' ' {
            self.at += 1;
        }
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == byte;
        self.at += usize::from(is_there);
        is_there
    }

    fn demand(&mut self, byte: u8) -> Result<(), String> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn value(&mut self) -> Result<Json, String> {
        match self.peek() {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => Ok(Json::Text(self.string()?)),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, String> {
        if !self.text[self.at..].starts_with(word.as_bytes()) {
            return Err(self.wrong());
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, String> {
        let begin = self.at;
        while self.text.get(self.at).map_or(false, |byte| b"+-.eE0123456789".contains(byte)) {
            self.at += 1;
        }
        let digits = std::str::from_utf8(&self.text[begin..self.at]).unwrap_or("");
        if let Ok(value) = digits.parse() {
            return Ok(Json::Int(value));
        }
        digits.parse().map(Json::Float).map_err(|_| self.wrong())
    }

    fn object(&mut self) -> Result<Json, String> {
        let mut fields = Vec::new();
        self.demand(b'{')?;
        if self.take(b'}') {
            return Ok(Json::Object(fields));
        }
        loop {
            self.peek();
            let name = self.string()?;
            self.demand(b':')?;
            fields.push((name, self.value()?));
            if !self.take(b',') {
                break;
            }
        }
        self.demand(b'}')?;
        Ok(Json::Object(fields))
    }

    fn array(&mut self) -> Result<Json, String> {
        let mut items = Vec::new();
        self.demand(b'[')?;
        if self.take(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.take(b',') {
                break;
            }
        }
        self.demand(b']')?;
        Ok(Json::Array(items))
    }

    fn string(&mut self) -> Result<String, String> {
        let mut bytes = Vec::new();
        self.demand(b'"')?;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(bytes).map_err(|_| self.wrong()),
                b'\\' => {
                    let c = self.escape()?;
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                byte => bytes.push(byte),
            }
        }
        Err(self.wrong())
    }

    fn escape(&mut self) -> Result<char, String> {
        let byte = *self.text.get(self.at).ok_or_else(|| self.wrong())?;
        self.at += 1;
        Ok(match byte {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let high = self.four_digits()?;
                if !(0xD800..0xDC00).contains(&high) || !self.text[self.at..].starts_with(b"\\u") {
                    return Ok(char::from_u32(high).unwrap_or('\u{FFFD}'));
                }
                self.at += 2; // a letter beyond 16 bits is written as two
                let low = self.four_digits()?;
                char::from_u32(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)).unwrap_or('\u{FFFD}')
            }
            byte => byte as char,
        })
    }

    fn four_digits(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at..self.at + 4).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(|| self.wrong())?;
        self.at += 4;
        Ok(value)
    }
}
