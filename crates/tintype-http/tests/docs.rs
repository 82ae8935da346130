//! The documentation lists what the code has, and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test fails by panicking.

use std::collections::BTreeSet;

use tintype_http::config::{Config, TELEMETRY, VARIABLES, Variable};
use tintype_http::failure::Kind;
use tintype_http::grammar::parameter::Parameter;
use tintype_http::grammar::{cloudflare, imgproxy, info, ipx, nextjs, query, wsrv};

const API: &str = include_str!("../../../docs/http-api.md");
const OBSERVABILITY: &str = include_str!("../../../docs/observability.md");
const SECURITY: &str = include_str!("../../../docs/security.md");

/// A grammar: its section, the names of each of its parameters, and names in its table that are no parameters.
struct Dialect {
    heading: &'static str,
    parameters: Vec<&'static [&'static str]>,
    others: &'static [&'static str],
}

impl Dialect {
    fn new<D>(
        heading: &'static str,
        table: &'static [Parameter<D>],
        others: &'static [&'static str],
    ) -> Self {
        let parameters = table.iter().map(|parameter| parameter.names).collect();
        Self { heading, parameters, others }
    }
}

/// A new grammar gets a line here.
fn dialects() -> Vec<Dialect> {
    vec![
        // The signature is split off before the parameters are read.
        Dialect::new("Query", query::PARAMETERS, &["s"]),
        Dialect::new("imgproxy", imgproxy::OPTIONS, &[]),
        Dialect::new("imgproxy's info", info::OPTIONS, &[]),
        Dialect::new("Cloudflare", cloudflare::OPTIONS, &[]),
        Dialect::new("wsrv", wsrv::PARAMETERS, &[]),
        Dialect::new("Next.js", nextjs::PARAMETERS, &[]),
        Dialect::new("IPX", ipx::MODIFIERS, &[]),
    ]
}

/// The part of the document under a heading of the second level.
fn section(heading: &str) -> &'static str {
    let start = API.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let rest = &API[start + 1..];
    rest.find("\n## ").map_or(rest, |end| &rest[..end])
}

/// The table whose heading begins with this cell: its heading, and the cells of its rows.
fn table(section: &'static str, first: &str) -> (Vec<&'static str>, Vec<Vec<&'static str>>) {
    let cells =
        |line: &'static str| -> Vec<&str> { line.trim_matches('|').split('|').map(str::trim).collect() };
    let mut lines = section.lines().skip_while(|line| !line.starts_with(&format!("| {first} |")));
    let heading = lines.next().map(cells).unwrap_or_else(|| panic!("no table of {first}"));
    (heading, lines.skip(1).take_while(|line| line.starts_with('|')).map(cells).collect())
}

/// The texts between backticks.
fn codes(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The names in each row of a grammar's table: those of its first cell, and its synonyms.
fn documented(dialect: &Dialect) -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
    let section = section(dialect.heading);
    let first = ["parameter", "option", "modifier"].into_iter();
    let first = first.filter(|first| section.contains(&format!("\n| {first} |"))).collect::<Vec<_>>()[0];
    let (heading, rows) = table(section, first);
    let has_synonyms = heading[1] == "synonyms";
    let synonyms = |row: &[&'static str]| if has_synonyms { codes(row[1]).collect() } else { Vec::new() };
    rows.iter().map(|row| (codes(row[0]).collect(), synonyms(row))).collect()
}

#[test]
fn every_parameter_of_every_grammar_has_a_row_with_its_synonyms() {
    for dialect in dialects() {
        let rows = documented(&dialect);
        for names in &dialect.parameters {
            let row = rows.iter().find(|(main, _)| main.contains(&names[0]));
            let (_, synonyms) = row.unwrap_or_else(|| panic!("{}: no row of {}", dialect.heading, names[0]));
            let missing = names[1..].iter().find(|name| !synonyms.contains(name));
            assert_eq!(missing, None, "{}: a synonym of {}", dialect.heading, names[0]);
        }
    }
}

#[test]
fn every_row_of_every_grammar_is_a_parameter() {
    for dialect in dialects() {
        let documented: Vec<&str> =
            documented(&dialect).into_iter().flat_map(|(main, synonyms)| [main, synonyms].concat()).collect();
        let known: BTreeSet<&str> =
            dialect.parameters.iter().copied().flatten().chain(dialect.others).copied().collect();
        assert_eq!(documented.iter().copied().collect::<BTreeSet<_>>(), known, "{}", dialect.heading);
        assert_eq!(documented.len(), known.len(), "{}: a name stands in two rows", dialect.heading);
    }
}

#[test]
fn every_parameter_of_every_grammar_has_an_example() {
    for dialect in dialects() {
        let examples: String = section(dialect.heading).split("```http\n").skip(1).collect();
        let stands = |name: &str| {
            ["/", "?", "&", ","].iter().any(|before| {
                [":", "=", "_", "&", ",", "/", " ", "\n"]
                    .iter()
                    .any(|after| examples.contains(&format!("{before}{name}{after}")))
            })
        };
        for names in &dialect.parameters {
            assert!(names.iter().any(|name| stands(name)), "{}: no example of {}", dialect.heading, names[0]);
        }
    }
}

/// Compares rows one by one, so that a failure shows the first that differs.
fn assert_same(documented: &[Vec<&str>], known: &[String]) {
    for (row, known) in documented.iter().zip(known) {
        assert_eq!(row.join(" | "), *known);
    }
    assert_eq!(documented.len(), known.len());
}

#[test]
fn the_table_of_errors_is_the_list_of_kinds() {
    let (_, rows) = table(section("Answers"), "status");
    let known: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| format!("{} | `{}` | {}", kind.status().as_u16(), kind.slug(), kind.meaning()))
        .collect();
    assert_same(&rows, &known);
}

/// The rows of variables, as the documentation has them.
fn rows_of(variables: &[Variable]) -> Vec<String> {
    variables
        .iter()
        .map(|variable| {
            let default = variable.default;
            let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
            format!("`{}` | {} | {default} | {}", variable.name, variable.kind, variable.meaning)
        })
        .collect()
}

#[test]
fn the_table_of_variables_is_the_list_of_variables() {
    let (_, rows) = table(section("Configuration"), "variable");
    let (prefixes, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row[0].contains("<name>"));
    assert_same(&rows, &rows_of(VARIABLES));
    let prefixes: Vec<&str> = prefixes.iter().map(|row| row[0]).collect();
    assert_eq!(
        prefixes,
        [
            "`TINTYPE_ALIAS_<name>`",
            "`TINTYPE_HEADERS_<name>`",
            "`TINTYPE_S3_…_<name>`",
            "`TINTYPE_PRESET_<name>`"
        ]
    );
}

#[test]
fn the_table_of_telemetry_is_the_list_of_its_variables() {
    let (_, rows) = table(OBSERVABILITY, "variable");
    assert_same(&rows, &rows_of(TELEMETRY));
}

#[test]
fn every_default_can_be_read() {
    let defaults = VARIABLES.iter().map(|variable| (variable.name.into(), variable.default.into()));
    assert_eq!(Config::read(defaults).unwrap().show(), Config::read([]).unwrap().show());
}

#[test]
fn every_limit_stands_in_the_chapter_on_security() {
    for variable in VARIABLES.iter().map(|variable| variable.name) {
        let is_limit = variable.starts_with("TINTYPE_MAX") || variable.starts_with("TINTYPE_TIMEOUT");
        assert!(!is_limit || SECURITY.contains(variable), "{variable} is missing in security.md");
    }
}
