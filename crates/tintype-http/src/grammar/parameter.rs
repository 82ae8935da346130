//! Rows of a grammar: the names of a parameter, the values it accepts, and how it is read and written.
//!
//! A dialect is a table of [`Parameter`]s over a draft: the [`ImageRequest`](crate::request::ImageRequest) itself, or a
//! struct that holds it and what the dialect has to remember until all parameters are read. The macros make a row from the
//! path of a field; whatever they cannot say is a row written out, in its dialect.

use crate::failure::{Failure, Kind, clip};

/// Why a value was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// The parameter does not accept it.
    Malformed,
    /// One argument of several does not accept its value.
    Argument {
        /// The argument's name.
        name: &'static str,
        /// The values it accepts.
        accepts: &'static str,
    },
    /// The grammar has it, and the engine does not implement it.
    Unsupported,
}

/// A parameter of a grammar whose drafts are `D`.
pub struct Parameter<D: 'static> {
    /// Its name and its synonyms.
    pub names: &'static [&'static str],
    /// The values it accepts, for error messages.
    pub accepts: &'static str,
    /// Reads a value into the draft.
    pub read: fn(&mut D, &str) -> Result<(), Rejected>,
    /// Writes the draft's value; `None` if there is nothing to say, an empty text for a flag without a value.
    pub write: fn(&D) -> Option<String>,
}

impl<D> Parameter<D> {
    /// The parameter's main name.
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    /// Reads a value that was given by one of the parameter's names.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidParameter`] or [`Kind::Unsupported`], with the accepted values.
    pub fn set(&self, draft: &mut D, name: &str, text: &str) -> Result<(), Failure> {
        (self.read)(draft, text).map_err(|rejected| match rejected {
            Rejected::Malformed => Failure::parameter(name, text, self.accepts),
            Rejected::Argument { name: argument, accepts } => {
                let message = format!("the {argument} of {name} in \"{}\" is not accepted", clip(text));
                Failure::new(Kind::InvalidParameter, message)
                    .with_detail(format!("{argument} accepts {accepts}"))
            }
            Rejected::Unsupported => Failure::unsupported(name, text),
        })
    }
}

/// The parameter of this name or synonym.
pub fn find<'t, D>(table: &'t [Parameter<D>], name: &str) -> Option<&'t Parameter<D>> {
    table.iter().find(|parameter| parameter.names.contains(&name))
}

/// The failure of a name that no parameter has.
pub fn unknown<D>(table: &[Parameter<D>], name: &str) -> Failure {
    let known: Vec<_> = table.iter().map(Parameter::name).collect();
    Failure::new(Kind::UnknownParameter, format!("\"{}\" is not an option", clip(name)))
        .with_detail(format!("accepted are {}", known.join(", ")))
}

/// The parameters that say what makes a draft differ from a plain one, with their values, in the table's order.
pub fn differences<'t, D>(
    table: &'t [Parameter<D>],
    draft: &D,
    plain: &D,
) -> Vec<(&'t Parameter<D>, String)> {
    let different = table.iter().filter(|parameter| (parameter.write)(draft) != (parameter.write)(plain));
    different.filter_map(|parameter| Some((parameter, (parameter.write)(draft)?))).collect()
}

/// The value that a word stands for.
pub fn meaning<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

/// The first word that stands for a value.
pub fn word<T: PartialEq>(words: &[(&str, T)], value: &T) -> Option<String> {
    words.iter().find(|(_, known)| known == value).map(|(word, _)| (*word).into())
}

/// An option that a grammar has and the engine does not implement.
pub struct Missing {
    /// Its name and its synonyms.
    pub names: &'static [&'static str],
    /// Whether a value leaves the option switched off, which is no reason to refuse it.
    pub is_neutral: fn(&str) -> bool,
}

/// Refuses an option that is not implemented, unless its value is neutral. `None` if the option is not one of these.
pub fn check_missing(missing: &[Missing], name: &str, text: &str) -> Option<Result<(), Failure>> {
    let option = missing.iter().find(|option| option.names.contains(&name))?;
    Some(if (option.is_neutral)(text) { Ok(()) } else { Err(Failure::unsupported(name, text)) })
}

/// A row whose value is a field of the draft, in the words of the query grammar, or read by a function.
macro_rules! field {
    ($names:expr, $accepts:expr, $($field:ident).+) => {
        field!($names, $accepts, $($field).+, $crate::grammar::value::Value::read)
    };
    ($names:expr, $accepts:expr, $($field:ident).+, $read:expr) => {
        $crate::grammar::parameter::Parameter {
            names: &$names,
            accepts: $accepts,
            read: |draft, text| {
                draft.$($field).+ = ($read)(text).ok_or($crate::grammar::parameter::Rejected::Malformed)?;
                Ok(())
            },
            write: |draft| $crate::grammar::value::Value::write(&draft.$($field).+),
        }
    };
}

/// A row whose value is a field of the draft, in words of its own.
macro_rules! choice {
    ($names:expr, $($field:ident).+, { $($word:literal $(| $alias:literal)* => $value:expr),+ $(,)? } $(, unsupported $($refused:literal)|+)?) => {
        $crate::grammar::parameter::Parameter {
            names: &$names,
            accepts: choice!(@list $($word)+),
            read: |draft, text| {
                draft.$($field).+ = match text {
                    $($word $(| $alias)* => $value,)+
                    $($($refused)|+ => return Err($crate::grammar::parameter::Rejected::Unsupported),)?
                    _ => return Err($crate::grammar::parameter::Rejected::Malformed),
                };
                Ok(())
            },
            write: |draft| {
                let value = &draft.$($field).+;
                $(if *value == $value { return Some($word.into()) })+
                None
            },
        }
    };
    (@list $first:literal $($rest:literal)*) => { concat!($first $(, ", ", $rest)*) };
}

/// A row that changes nothing: every value is accepted, or only those given.
macro_rules! no_effect {
    ($names:expr) => {
        no_effect!($names, "anything", |_: &str| true)
    };
    ($names:expr, $accepts:expr, $is_accepted:expr) => {
        $crate::grammar::parameter::Parameter {
            names: &$names,
            accepts: $accepts,
            read: |_, text| {
                if ($is_accepted)(text) {
                    Ok(())
                } else {
                    Err($crate::grammar::parameter::Rejected::Unsupported)
                }
            },
            write: |_| None,
        }
    };
}

pub(super) use {choice, field, no_effect};
