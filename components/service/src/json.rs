//! Writes JSON: objects and arrays of strings, numbers and booleans, which is all that the service says in it.

use crate::prelude::*;
use crate::text;

/// A JSON object that is being written.
#[derive(Debug)]
pub struct Object(String);

impl Default for Object {
    fn default() -> Self {
        Object(String::from("{"))
    }
}

impl Object {
    /// An empty object.
    pub fn new() -> Self {
        Object::default()
    }

    fn key(&mut self, key: &str) {
        // Nothing else ends in a brace that opens: strings end in quotes.
        if !self.0.ends_with("{") {
            self.0.push(',');
        }
        quote(&mut self.0, key);
        self.0.push(':');
    }

    /// Adds a string.
    pub fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        quote(&mut self.0, value);
        self
    }

    /// Adds a string, or nothing.
    pub fn text_if(&mut self, key: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    /// Adds a whole number.
    pub fn number(&mut self, key: &str, value: u64) -> &mut Self {
        self.raw(key, &text::decimal(value))
    }

    /// Adds `true` or `false`.
    pub fn boolean(&mut self, key: &str, value: bool) -> &mut Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// Adds text that is JSON already.
    pub fn raw(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        self.0.push_str(value);
        self
    }

    /// Begins an object inside, to which is added until it is closed.
    pub fn open(&mut self, key: &str) {
        self.raw(key, "{");
    }

    /// Ends an object inside.
    pub fn close(&mut self) {
        self.0.push('}');
    }

    /// The finished object.
    pub fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A JSON array of values that are JSON already.
pub fn array(items: impl IntoIterator<Item = String>) -> String {
    let mut out = String::from("[");
    for item in items {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&item);
    }
    out.push(']');
    out
}

/// A JSON string.
pub fn string(text: &str) -> String {
    let mut out = String::new();
    quote(&mut out, text);
    out
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            // U+2028 and U+2029 end a line for some readers of log lines.
            c if c < ' ' || c == '\u{7f}' || c == '\u{2028}' || c == '\u{2029}' => {
                out.push_str("\\u");
                out.push_str(&text::hexadecimal(c.into(), 4));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_escapes_what_json_demands() {
        let mut object = Object::new();
        object.text("a", "\"\\\n\u{1}é\u{2028}").number("b", 7).boolean("c", true);
        assert_eq!(object.finish(), r#"{"a":"\"\\\n\u0001é\u2028","b":7,"c":true}"#);
    }

    #[test]
    fn objects_stand_in_objects() {
        let mut object = Object::new();
        object.open("a");
        object.open("{");
        object.close();
        object.text("b", "{").number("c", 1);
        object.close();
        object.number("d", 2);
        assert_eq!(object.finish(), r#"{"a":{"{":{},"b":"{","c":1},"d":2}"#);
    }

    #[test]
    fn an_empty_object_and_an_array_are_valid() {
        assert_eq!(Object::new().finish(), "{}");
        assert_eq!(array([string("x"), String::from("1")]), r#"["x",1]"#);
    }
}
