//! The configuration as it is shown to operators, without secrets.

use serde::{Serialize, Serializer};

use super::{Config, PRESET, TELEMETRY, VARIABLES, alias};

/// Every variable with the value that holds, without secrets. As JSON it is an object, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing(pub Vec<Shown>);

impl Serialize for Listing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|shown| (&shown.name, shown)))
    }
}

/// A variable with the value that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// `TINTYPE_…`
    #[serde(skip)]
    pub name: String,
    /// The value, without secrets.
    pub value: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The value that holds when it is not set; empty for none.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

impl Config {
    /// Every variable with the value that holds, without secrets.
    pub fn show(&self) -> Listing {
        let table = VARIABLES.iter().chain(TELEMETRY).map(|variable| Shown {
            name: variable.name.into(),
            value: (variable.show)(self),
            kind: variable.kind,
            default: variable.default,
            meaning: variable.meaning,
        });
        let aliases = self.sources.aliases.iter().flat_map(alias::show);
        let presets =
            self.presets.iter().map(|(name, text)| (format!("{PRESET}{name}"), "text", text.clone()));
        let named = aliases.chain(presets).map(|(name, kind, value)| Shown {
            name,
            value,
            kind,
            default: "",
            meaning: "",
        });
        Listing(table.chain(named).collect())
    }
}
