//! Writing a request in any grammar.

use super::parameter::{Field, PARAMETERS, Parameter, native, show, values};
use super::{Grammar, percent_encode};
use crate::format::{self, Format};
use crate::prelude::*;
use crate::request::{Geometry, Output, OutputFormat, Request};
use crate::table;
use crate::text;

/// A request on its way into a grammar. What the grammar has no words for is remembered until the end.
pub struct Draft {
    grammar: Grammar,
    /// What has not been said yet about each field, in the words of the query grammar.
    left: Vec<(&'static Parameter, Option<String>)>,
    /// What has been said.
    said: String,
    /// The first thing that cannot be said.
    cannot: Option<&'static str>,
}

impl Draft {
    /// Begins to say what makes a request differ from a plain one, which the grammar reads where nothing is said.
    pub fn new(grammar: Grammar, request: &Request, plain: Request) -> Draft {
        let mut left = Vec::new();
        for parameter in PARAMETERS {
            let text = match parameter.field {
                Field::Fit => {
                    table::name(parameter.values, request.geometry.effective_fit() as usize).map(Into::into)
                }
                field => show(field, request),
            };
            let differs = text != show(parameter.field, &plain);
            left.push((parameter, text.filter(|_| differs)));
        }
        Draft { grammar, left, said: String::new(), cannot: None }
    }

    /// What is to be said about a field.
    fn left(&mut self, field: Field) -> Option<&mut Option<String>> {
        self.left.iter_mut().find(|(parameter, _)| parameter.field == field).map(|(_, text)| text)
    }

    /// Takes out what is to be said about a field.
    pub fn take(&mut self, field: Field) -> Option<String> {
        self.left(field)?.take()
    }

    /// Takes out the source's URL.
    pub fn url(&mut self) -> String {
        let url = self.take(Field::Url);
        self.refuse(url.is_none(), "a source in the body");
        url.unwrap_or_default()
    }

    /// Leaves to say this about a field, the parts one behind the other, or without parts nothing.
    pub fn put(&mut self, field: Field, parts: &[&str]) {
        let text = if parts.is_empty() { None } else { Some(text::concat(parts)) };
        if let Some(left) = self.left(field) {
            *left = text;
        }
    }

    /// Gives up, if this is so, as the grammar has no words for something.
    pub fn refuse(&mut self, so: bool, what: &'static str) {
        if so && self.cannot.is_none() {
            self.cannot = Some(what);
        }
    }

    /// Gives up if a length is to be said in per cent.
    pub fn refuse_shares(&mut self, fields: &[Field]) {
        let mut share = false;
        for field in fields {
            share |= self
                .left(*field)
                .is_some_and(|text| text.as_ref().is_some_and(|text| text::contains(text, "%")));
        }
        self.refuse(share, "a length in per cent");
    }

    /// Puts the one quality that says all there is to say, in a grammar that knows no other.
    pub fn put_quality(&mut self, output: &Output, default: u8) {
        let of = |format| output.quality.of(format).unwrap_or(format::default_quality(format));
        let quality = match output.format {
            OutputFormat::Fixed(Format::Png) => output.quality.of(Format::Png).unwrap_or(default),
            OutputFormat::Fixed(format) => of(format),
            _ => {
                self.refuse(of(Format::Jpeg) != of(Format::Webp), "a quality for each format");
                of(Format::Jpeg)
            }
        };
        self.put(Field::Quality, &[]);
        if quality != default {
            self.put(Field::Quality, &[&text::decimal(quality.into())]);
        }
    }

    /// Says the numbers of a crop by these names; whether there is one.
    pub fn say_crop(&mut self, geometry: &Geometry, names: &str) -> bool {
        let Some(crop) = self.take(Field::Crop) else { return false };
        self.refuse(geometry.turned(), "a crop beside a rotation or flip");
        let mut names = text::parts(names, b' ');
        for number in text::parts(&crop, b',') {
            self.say(names.next().unwrap_or_default(), number);
        }
        self.refuse(names.next().is_some(), "a crop towards a gravity");
        true
    }

    /// Says something by the grammar's own name for it. A flag has no value.
    pub fn say(&mut self, name: &str, text: &str) {
        let (separator, equals) = match self.grammar {
            Grammar::Query | Grammar::Wsrv => ("&", "="),
            Grammar::Imgproxy => ("/", ":"),
            Grammar::Cloudflare => (",", "="),
        };
        text::add(&mut self.said, separator, name);
        if text.is_empty() {
            return;
        }
        self.said.push_str(equals);
        match separator {
            "&" => self.said.push_str(&percent_encode(text)),
            _ => self.said.push_str(text),
        }
    }

    /// Says what is left by a grammar's table, in its order.
    pub fn say_by(&mut self, table: &[Parameter]) {
        for parameter in table {
            let Some(text) = self.take(parameter.field) else { continue };
            let name = match self.grammar {
                // Its last names are the short ones that everybody uses.
                Grammar::Imgproxy => {
                    text::rsplit_once(parameter.names, b' ').map_or(parameter.names, |(_, last)| last)
                }
                _ => parameter.name(),
            };
            let word = match table::index(values(parameter.field), &text) {
                Some(index) if !parameter.values.is_empty() => table::name(parameter.values, index),
                // What has no name in the query grammar has none in others.
                _ => Some(text.as_str()),
            };
            self.refuse(word.is_none(), cannot(parameter.field));
            self.say(name, word.unwrap_or_default());
        }
    }

    /// All that has been said. The error names what cannot be said.
    pub fn finish(self) -> Result<String, &'static str> {
        let left = self.left.iter().find(|(_, text)| text.is_some());
        let left = left.map(|(parameter, _)| cannot(parameter.field));
        self.cannot.or(left).map_or(Ok(self.said), Err)
    }
}

/// What is told of a field that a grammar has no words for.
pub fn cannot(field: Field) -> &'static str {
    match field {
        // Every grammar has words for all other formats.
        Field::Format => "a format that the client's Accept header decides",
        _ => native(field).map_or("", Parameter::name),
    }
}
