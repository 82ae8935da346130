//! `docs/options.md`: every option of every service, and what becomes of it here.

use std::fmt::Write as _;

use crate::grammar::parameter::{Missing, Parameter};
use crate::grammar::{cloudflare, imgproxy, info, ipx, nextjs, wsrv};

const API: &str = include_str!("../../../../../docs/http-api.md");
const RECORDED: &str = include_str!("../../../../../docs/options.md");
const UPDATE: &str = "UPDATE_OPTIONS";

/// What becomes of an option that the engine does not implement.
fn refusal(missing: &Missing) -> &'static str {
    let has_neutral = ["", "0", "false", "none", "1"].iter().any(|text| (missing.is_neutral)(text));
    if has_neutral {
        "**refused** with 400, unless its value switches it off"
    } else {
        "**refused** with 400"
    }
}

/// A service: its section in `docs/http-api.md`, and its options by name, those that are refused last.
struct Service {
    heading: &'static str,
    taken: Vec<&'static [&'static str]>,
    refused: Vec<&'static Missing>,
}

impl Service {
    fn new<D>(
        heading: &'static str,
        taken: &'static [Parameter<D>],
        refused: impl IntoIterator<Item = &'static [Missing]>,
    ) -> Self {
        let taken: Vec<_> = taken.iter().map(|parameter| parameter.names).collect();
        // An option of which only some values are refused is taken.
        let is_taken = |missing: &&Missing| taken.iter().any(|names| names.contains(&missing.names[0]));
        let refused = refused.into_iter().flatten().filter(|missing| !is_taken(missing)).collect();
        Self { heading, taken, refused }
    }

    /// The service's part of the page.
    fn written(&self) -> String {
        let anchor = self.heading.to_lowercase().replace(['.', '\''], "").replace(' ', "-");
        let mut page = format!("\n## [{}](http-api.md#{anchor})\n\n", self.heading);
        page += "| option | synonyms | what tintype does with it |\n| --- | --- | --- |\n";
        let documented = values(self.heading);
        let mut row = |names: &[&str], meaning: &str| {
            let [name, synonyms @ ..] = names else { return };
            let synonyms: Vec<_> = synonyms.iter().map(|name| format!("`{name}`")).collect();
            writeln!(page, "| `{name}` | {} | {meaning} |", synonyms.join(", ")).unwrap();
        };
        for names in &self.taken {
            let value = documented.iter().find(|(known, _)| known.contains(&names[0]));
            row(names, value.unwrap_or_else(|| panic!("no row of {}", names[0])).1);
        }
        self.refused.iter().for_each(|missing| row(missing.names, refusal(missing)));
        page
    }
}

/// The names in each row of a section's first table, and the cell that says what their values mean.
fn values(heading: &str) -> Vec<(Vec<&'static str>, &'static str)> {
    let start = API.find(&format!("\n## {heading}\n")).unwrap();
    let mut lines = API[start..].lines().skip_while(|line| !line.starts_with("| "));
    let cells =
        |line: &'static str| -> Vec<&str> { line.trim_matches('|').split('|').map(str::trim).collect() };
    let place = if cells(lines.next().unwrap())[1] == "synonyms" { 2 } else { 1 };
    let rows = lines.skip(1).take_while(|line| line.starts_with('|')).map(cells);
    rows.map(|row| (row[0].split('`').skip(1).step_by(2).collect(), row[place])).collect()
}

fn page() -> String {
    let services = [
        Service::new("imgproxy", imgproxy::OPTIONS, [imgproxy::MISSING]),
        Service::new("imgproxy's info", info::OPTIONS, [info::MISSING]),
        Service::new("Cloudflare", cloudflare::OPTIONS, [cloudflare::MISSING]),
        Service::new("wsrv", wsrv::PARAMETERS, []),
        Service::new("Next.js", nextjs::PARAMETERS, []),
        Service::new("IPX", ipx::MODIFIERS, [ipx::MISSING]),
    ];
    let mut page = String::from(
        "# Options of other services\n\n\
         Every option of the grammars that tintype shares with other services, and what tintype does with it. A test writes this page\n\
         of the grammars' tables. Single values that are refused, and differences, stand in the section of each grammar.\n",
    );
    services.iter().for_each(|service| page += &service.written());
    page
}

#[test]
fn the_page_of_options_is_made_of_the_tables() {
    let page = page();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/options.md"), page).unwrap();
        return;
    }
    let first = page.lines().zip(RECORDED.lines()).find(|(now, recorded)| now != recorded);
    assert!(page == RECORDED, "docs/options.md is out of date ({first:?}): set {UPDATE}=1 to write it anew");
}
