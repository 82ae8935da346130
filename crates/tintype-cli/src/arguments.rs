//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::error::{ErrorKind, Result};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use tintype_http::grammar::parameter::Parameter;
use tintype_http::grammar::query;
use tintype_http::request::{ImageRequest, OutputFormat};

/// What the command line asks for.
pub(crate) struct Arguments {
    /// The files to work on; `-` is standard input.
    pub files: Vec<PathBuf>,
    /// What to do with each.
    pub task: Task,
    /// Whether to report failures alone.
    pub quiet: bool,
}

/// What to do with files.
pub(crate) enum Task {
    /// Print facts about them.
    Describe,
    /// Make a rendition of each.
    Render {
        /// Its options.
        request: Box<ImageRequest>,
        /// Where to.
        to: Target,
    },
}

/// Where renditions go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// Beside the source, with the extension of their format.
    Beside,
    /// To standard output.
    Output,
    /// To this file.
    File(PathBuf),
    /// Into this folder, with the source's name and the extension of their format.
    Folder(PathBuf),
}

/// Parameters of URLs that say nothing about a file.
const OF_RESPONSES: &[&str] = &[
    "url",
    "details",
    "encoding",
    "filename",
    "download",
    "expires",
    "maxage",
    "version",
    "passthrough",
    "onerror",
];

/// The words of a switch, one of which marks a parameter as one.
const SWITCH: [&str; 4] = ["true", "1", "false", "0"];

impl Arguments {
    /// Reads a command line.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or the help that it asks for.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self> {
        let mut command = command();
        let matches = command.try_get_matches_from_mut(arguments)?;
        let patterns = matches.get_many::<String>("files").unwrap_or_default();
        let mut files = Vec::new();
        for pattern in patterns {
            let found =
                expanded(pattern).map_err(|error| command.error(ErrorKind::ValueValidation, error))?;
            files.extend(found);
        }
        let task = if matches.get_flag("info") {
            Task::Describe
        } else {
            let to = target(matches.get_one::<PathBuf>("output"));
            let mut request =
                request(&matches).map_err(|error| command.error(ErrorKind::ValueValidation, error))?;
            if let (Target::File(file), false) = (&to, matches.contains_id("format")) {
                let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
                request.output.format = extension.to_ascii_lowercase().parse().map_err(|_| {
                    let problem = format!("\"{}\" does not say which format to write", file.display());
                    command.error(
                        ErrorKind::ValueValidation,
                        problem + ": end it in .webp, .jpg or .png, or add --format",
                    )
                })?;
            }
            if request.output.format == OutputFormat::Auto {
                let problem =
                    "--format auto needs a client that says what it accepts; name a format, or source";
                return Err(command.error(ErrorKind::ValueValidation, problem));
            }
            if request.output.format == OutputFormat::Json {
                return Err(command.error(ErrorKind::ValueValidation, "--info describes images"));
            }
            if files.len() > 1 && matches!(to, Target::File(_) | Target::Output) {
                let problem =
                    format!("there are {} files and one output: give a folder, such as -o out/", files.len());
                return Err(command.error(ErrorKind::ArgumentConflict, problem));
            }
            Task::Render { request: Box::new(request), to }
        };
        Ok(Self { files, task, quiet: matches.get_flag("quiet") })
    }
}

/// The parameters of the query grammar that are about images.
fn options() -> impl Iterator<Item = &'static Parameter<ImageRequest>> {
    query::PARAMETERS.iter().filter(|parameter| !OF_RESPONSES.contains(&parameter.name()))
}

fn command() -> Command {
    let fixed = [
        Arg::new("files")
            .value_name("FILE")
            .required(true)
            .num_args(1..)
            .help("Images, patterns such as *.jpg, or -"),
        Arg::new("output")
            .short('o')
            .long("output")
            .value_name("PATH")
            .value_parser(value_parser!(PathBuf))
            .help("A file, a folder, or -; by default the name of the source with another extension"),
        Arg::new("info").long("info").action(ArgAction::SetTrue).help("Print facts about the images as JSON"),
        Arg::new("quiet").long("quiet").action(ArgAction::SetTrue).help("Report failures alone"),
    ];
    Command::new("tintype")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Resizes, converts and describes images")
        .args(fixed)
        .args(options().map(option))
}

/// The option for a parameter of the query grammar. Letters are left to the others: they would not be the same everywhere.
fn option(parameter: &'static Parameter<ImageRequest>) -> Arg {
    let long = parameter.names.iter().skip(1).filter(|name| name.len() > 1).copied();
    let argument = Arg::new(parameter.name()).long(parameter.name()).aliases(long).help(parameter.accepts);
    if parameter.accepts.split([',', ' ']).any(|word| word == "1") && parameter.accepts.starts_with("true") {
        let words = ValueParser::from(PossibleValuesParser::new(SWITCH));
        return argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(words)
            .hide_possible_values(true)
            .help("a switch");
    }
    argument.value_name("VALUE").allow_hyphen_values(true)
}

/// The request that the options describe.
fn request(matches: &ArgMatches) -> std::result::Result<ImageRequest, String> {
    let mut pairs = Vec::new();
    for parameter in options() {
        if let Some(value) = matches.get_one::<String>(parameter.name()) {
            pairs.push(format!("{}={}", parameter.name(), escaped(value)));
        }
    }
    query::read(&pairs.join("&"), true).map_err(|failure| match failure.detail() {
        Some(detail) => format!("{}: {detail}", failure.message()),
        None => failure.message().to_owned(),
    })
}

/// A value as it stands in a query.
fn escaped(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn target(output: Option<&PathBuf>) -> Target {
    let Some(path) = output else { return Target::Beside };
    if path.as_os_str() == "-" {
        return Target::Output;
    }
    let is_folder = path.is_dir() || path.to_string_lossy().ends_with(['/', '\\']);
    if is_folder { Target::Folder(path.clone()) } else { Target::File(path.clone()) }
}

/// The files that an argument stands for: itself, or those that match the pattern that it is.
fn expanded(pattern: &str) -> std::result::Result<Vec<PathBuf>, String> {
    let path = PathBuf::from(pattern);
    if path.exists() || !pattern.contains(['*', '?', '[']) {
        return Ok(vec![path]);
    }
    let found = glob::glob(pattern).map_err(|error| format!("\"{pattern}\" is not a pattern: {error}"))?;
    let files: Vec<_> = found.filter_map(std::result::Result::ok).collect();
    if files.is_empty() { Err(format!("no file matches \"{pattern}\"")) } else { Ok(files) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)] // a test that fails does so by panicking
mod tests {
    use super::*;
    use tintype::{Format, Length};

    fn read(line: &str) -> Result<Arguments> {
        Arguments::read(line.split(' ').map(Into::into))
    }

    fn rendition(line: &str) -> (ImageRequest, Target) {
        match read(line).unwrap().task {
            Task::Render { request, to } => (*request, to),
            Task::Describe => panic!("{line}"),
        }
    }

    #[test]
    fn the_command_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn options_are_those_of_the_query_grammar() {
        let (request, to) =
            rendition("tintype photo.jpg --width 800 --tilt -2.5,white --lossless -o a/b.webp");
        assert_eq!(request.geometry.width, Some(Length::Pixels(800)));
        assert!(request.geometry.tilt.is_some() && request.output.lossless);
        assert_eq!(to, Target::File("a/b.webp".into()));
    }

    #[test]
    fn the_name_of_the_output_says_the_format_unless_an_option_does() {
        let format = |line| rendition(line).0.output.format;
        assert_eq!(format("tintype a.png"), OutputFormat::Fixed(Format::Webp));
        assert_eq!(format("tintype a.png -o b.JPG"), OutputFormat::Fixed(Format::Jpeg));
        assert_eq!(format("tintype a.png -o b.jpg --format png"), OutputFormat::Fixed(Format::Png));
        assert_eq!(rendition("tintype a.png -o out/").1, Target::Folder("out/".into()));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (line, word) in [
            ("tintype a.jpg --wdith 800", "--width"),
            ("tintype a.jpg --width huge", "width"),
            ("tintype a.jpg --url x", "--url"),
            ("tintype a.jpg b.jpg -o c.webp", "folder"),
            ("tintype a.jpg -o c.tiff", "c.tiff"),
            ("tintype a.jpg --format auto", "auto"),
            ("tintype nothing-*.jpg", "nothing-*.jpg"),
            ("tintype", "<FILE>"),
        ] {
            let error = read(line).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
