//! The variables of an alias: its folder, the headers of its requests, and the store of its objects.

use super::{Config, VARIABLES, Variable, unreadable};
use crate::failure::Result;
use crate::source::{Alias, SourceUrl, Sources, Store, read_headers};

/// The prefix of variables that name an alias.
pub(super) const ALIAS: &str = "TINTYPE_ALIAS_";

/// The prefix of variables that hold the headers of an alias.
pub(super) const HEADERS: &str = "TINTYPE_HEADERS_";

/// The prefix of variables of a store. With the name of an alias at the end, they are those of the alias.
const STORE: &str = "TINTYPE_S3_";

/// Reads every alias of an environment. `store` is that of all sources.
///
/// # Errors
///
/// [`Kind::Configuration`](crate::failure::Kind::Configuration), which names the variable.
pub(super) fn read(environment: &[(String, String)], store: &Store) -> Result<Vec<Alias>> {
    let mut aliases = Vec::new();
    for (name, url) in environment {
        if let Some(alias) = name.strip_prefix(ALIAS) {
            aliases.push(read_one(name, alias, url, environment, store)?);
        }
    }
    let is_known = |name: &str| aliases.iter().any(|alias| alias.name.eq_ignore_ascii_case(name));
    match environment.iter().find(|(name, _)| name.strip_prefix(HEADERS).is_some_and(|name| !is_known(name)))
    {
        Some((name, _)) => Err(unreadable(name, "expected the name of an alias at the end of its name")),
        None => Ok(aliases),
    }
}

fn read_one(
    name: &str,
    alias: &str,
    url: &str,
    environment: &[(String, String)],
    store: &Store,
) -> Result<Alias> {
    if matches!(&*alias.to_ascii_lowercase(), "http" | "https" | "s3") {
        return Err(unreadable(name, "expected another name: this one begins full URLs"));
    }
    let url = url.parse::<SourceUrl>().map_err(|error| unreadable(name, &error.to_string()))?;
    // Names of variables are written in upper case by custom, those of aliases in lower case.
    let own = |prefix: &str| {
        let is_own =
            |name: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.eq_ignore_ascii_case(alias));
        environment.iter().rev().find(|(name, value)| is_own(name) && !value.is_empty())
    };
    let mut read = Alias::new(alias.to_ascii_lowercase(), url);
    if let Some((name, value)) = own(HEADERS) {
        if read.url.is_object() {
            return Err(unreadable(name, "expected an alias of http or https: TINTYPE_S3_… signs for s3"));
        }
        read.headers = read_headers(value).map_err(|reason| unreadable(name, reason))?;
    }
    let variables = VARIABLES.iter().filter(|variable| variable.name.starts_with(STORE));
    let mut own =
        variables.filter_map(|variable| Some((variable, own(&format!("{}_", variable.name))?))).peekable();
    if own.peek().is_some() {
        read.store = Some(read_store(own, store)?);
    }
    Ok(read)
}

/// The store of an alias, which is that of all sources but for what is set. Credentials go to the store that they were
/// set for, and to no other.
fn read_store<'e>(
    own: impl Iterator<Item = (&'static Variable, &'e (String, String))>,
    store: &Store,
) -> Result<Store> {
    let sources = Sources { store: store.clone(), ..Sources::default() };
    let mut config = Config { sources, ..Config::default() };
    for (variable, (name, value)) in own {
        (variable.read)(&mut config, value.trim_ascii()).map_err(|reason| unreadable(name, &reason))?;
    }
    let mut own = config.sources.store;
    let has_moved = own.endpoint != store.endpoint;
    if has_moved || own.key_id != store.key_id {
        own.token = own.token.filter(|token| Some(token) != store.token.as_ref());
        own.secret = own.secret.filter(|secret| Some(secret) != store.secret.as_ref());
    }
    Ok(own)
}

/// The values of an alias by the names of their variables and their types, without secrets.
pub(super) fn show(alias: &Alias) -> Vec<(String, &'static str, String)> {
    let name = &alias.name;
    let mut shown = vec![(format!("{ALIAS}{name}"), "URL", alias.url.to_string())];
    if !alias.headers.is_empty() {
        shown.push((format!("{HEADERS}{name}"), "secrets", format!("({})", alias.headers.len())));
    }
    if let Some(store) = &alias.store {
        let sources = Sources { store: store.clone(), ..Sources::default() };
        let config = Config { sources, ..Config::default() };
        let variables = VARIABLES.iter().filter(|variable| variable.name.starts_with(STORE));
        shown.extend(
            variables.map(|variable| {
                (format!("{}_{name}", variable.name), variable.kind, (variable.show)(&config))
            }),
        );
    }
    shown
}
