//! The documentation lists what the code has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test fails by panicking.

use tintype_service::config::Config;
use tintype_service::failure::Kind;
use tintype_service::grammar::{cloudflare, imgproxy, query, wsrv};

const API: &str = include_str!("../../../docs/http-api.md");
const SECURITY: &str = include_str!("../../../docs/security.md");

/// The part of the document under a heading of the second level.
fn section(heading: &str) -> &'static str {
    let start = API.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let rest = &API[start + 1..];
    rest.find("\n## ").map_or(rest, |end| &rest[..end])
}

/// The first cells of the rows of a section's tables, or rows that contain a text.
fn row<'a>(section: &'a str, name: &str) -> &'a str {
    let code = format!("`{name}`");
    section
        .lines()
        .find(|line| {
            line.starts_with("| ") && line.split('|').nth(1).is_some_and(|cell| cell.contains(&code))
        })
        .unwrap_or_else(|| panic!("no row for {name}"))
}

#[test]
fn every_variable_stands_in_the_table_with_its_type_and_default() {
    for variable in Config::read(&[]).unwrap().show() {
        let row = row(section("Configuration"), &variable.name);
        assert!(row.contains(&format!("| {} |", variable.kind)), "{row}: {}", variable.kind);
        assert!(variable.default.is_empty() || row.contains(&format!("| `{}` |", variable.default)), "{row}");
        assert!(row.contains(variable.meaning), "{row}: {}", variable.meaning);
        let limit = variable.name.starts_with("TINTYPE_MAX") || variable.name.starts_with("TINTYPE_TIMEOUT");
        assert!(!limit || SECURITY.contains(&variable.name), "{} is missing in security.md", variable.name);
    }
}

#[test]
fn every_kind_of_error_stands_in_the_table_with_its_status() {
    for kind in Kind::ALL {
        let row = API.lines().find(|line| line.contains(&format!("| `{}` |", kind.slug())));
        let row = row.unwrap_or_else(|| panic!("no row for {}", kind.slug()));
        assert!(row.starts_with(&format!("| {} |", kind.status())), "{row}");
    }
}

#[test]
fn every_parameter_of_every_grammar_stands_in_its_table_and_in_an_example() {
    for (heading, table) in [
        ("Query", query::PARAMETERS),
        ("imgproxy", imgproxy::OPTIONS),
        ("Cloudflare", cloudflare::OPTIONS),
        ("wsrv", wsrv::PARAMETERS),
    ] {
        let section = section(heading);
        let examples: String = section.split("```http\n").skip(1).collect();
        for parameter in table {
            let names: Vec<&str> = parameter.names.split(' ').collect();
            let row = row(section, names[0]);
            assert!(names.iter().all(|name| row.contains(&format!("`{name}`"))), "{row}");
            let written = |name: &&&str| {
                ["/", "?", "&", ","].iter().any(|before| {
                    [":", "=", "&", " ", "\n"]
                        .iter()
                        .any(|after| examples.contains(&format!("{before}{name}{after}")))
                })
            };
            assert!(names.iter().any(|name| written(&name)), "{heading}: no example has {}", names[0]);
        }
    }
}
