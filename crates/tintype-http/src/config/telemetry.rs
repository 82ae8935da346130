//! The variables of OpenTelemetry, by their standard names.
//!
//! They may be set for other programs, too. So a value that cannot be read is no failure: the default holds.

use percent_encoding::percent_decode_str;
use tintype_types::number;

use super::{Variable, setting::Setting, variable};
use crate::secret::Secret;
use crate::source::SourceUrl;
use crate::telemetry::{Exporter, Pairs, Ratio, Sampler};

/// Every variable of OpenTelemetry that is read, in the order of the documentation.
pub const TELEMETRY: &[Variable] = &[
    variable!(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        telemetry.endpoint: Option<SourceUrl>,
        "",
        "The collector of traces and metrics, such as `http://collector:4318`; empty for no telemetry."
    ),
    variable!(
        "OTEL_EXPORTER_OTLP_HEADERS",
        telemetry.headers: Secret<Pairs>,
        "",
        "Headers of requests to it: `name=value`, separated by commas, percent-encoded."
    ),
    variable!("OTEL_SDK_DISABLED", telemetry.is_disabled: bool, "false", "No telemetry, whatever else is set."),
    variable!("OTEL_SERVICE_NAME", telemetry.service_name: String, "tintype", "The name of the service."),
    variable!(
        "OTEL_RESOURCE_ATTRIBUTES",
        telemetry.attributes: Pairs,
        "",
        "Attributes of the service: `name=value`, separated by commas, percent-encoded."
    ),
    variable!("OTEL_TRACES_EXPORTER", telemetry.traces: Exporter, "otlp", "`otlp`, or `none` for no traces."),
    variable!("OTEL_METRICS_EXPORTER", telemetry.metrics: Exporter, "otlp", "`otlp`, or `none` for no metrics."),
    variable!(
        "OTEL_TRACES_SAMPLER",
        telemetry.sampler: Sampler,
        "parentbased_always_on",
        "Which requests are traced: `always_on`, `always_off`, `traceidratio`, or one of these after `parentbased_`."
    ),
    variable!(
        "OTEL_TRACES_SAMPLER_ARG",
        telemetry.ratio: Ratio,
        "1",
        "The share of traces that a sampler by ratio takes, 0 to 1."
    ),
];

impl Setting for Ratio {
    const KIND: &'static str = "fraction";

    /// In whole numbers: parsing floating-point numbers takes tables of many kilobytes.
    fn read(text: &str) -> Result<Self, String> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        if whole.is_empty() && decimals.is_empty() {
            return Err("expected a number from 0 to 1".into());
        }
        let digits = format!("{whole}{decimals:0<6}");
        let all = digits.get(..whole.len() + 6).and_then(|digits| number::<u32>(digits, 0, 1_000_000));
        all.map(Ratio).ok_or_else(|| "expected a number from 0 to 1".into())
    }

    fn show(&self) -> String {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        text.trim_end_matches('0').trim_end_matches('.').into()
    }
}

impl Setting for Sampler {
    const KIND: &'static str = "name";

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("expected one of {}", Sampler::NAMES.join(", ")))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Exporter {
    const KIND: &'static str = "name";

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("expected one of {}", Exporter::NAMES.join(", ")))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Pairs {
    const KIND: &'static str = "pairs";

    fn read(text: &str) -> Result<Self, String> {
        let decoded = |text: &str| percent_decode_str(text.trim_ascii()).decode_utf8().map(String::from).ok();
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=')?;
            Some((decoded(name)?, decoded(value)?))
        };
        let pairs = text.split(',').filter(|pair| !pair.trim_ascii().is_empty());
        pairs
            .map(pair)
            .collect::<Option<_>>()
            .ok_or_else(|| "expected name=value, separated by commas".into())
    }

    fn show(&self) -> String {
        let pairs: Vec<String> = self.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join(",")
    }
}

impl Setting for Secret<Pairs> {
    const KIND: &'static str = "secrets";

    fn read(text: &str) -> Result<Self, String> {
        Pairs::read(text).map(Secret::new)
    }

    fn show(&self) -> String {
        format!("({})", self.expose().len())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Config {
        Config::read(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into()))).unwrap()
    }

    #[test]
    fn pairs_are_percent_encoded() {
        let config = read(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20YTpi, x-team = photos"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=prod,a=%2C"),
        ]);
        let headers = config.telemetry.headers.expose();
        assert_eq!(headers[0], ("authorization".into(), "Basic YTpi".into()));
        assert_eq!(headers[1], ("x-team".into(), "photos".into()));
        assert_eq!(config.telemetry.attributes[1], ("a".into(), ",".into()));
        assert!(!format!("{config:?} {:?}", config.show()).contains("YTpi"));
    }

    #[test]
    fn a_ratio_has_six_decimal_places() {
        for (text, shown) in
            [("1", "1"), ("0", "0"), ("0.25", "0.25"), ("1.0", "1"), (".5", "0.5"), ("0.0000019", "0.000001")]
        {
            assert_eq!(Ratio::read(text).unwrap().show(), shown, "{text}");
        }
        for bad in ["2", "1.1", "-1", "x", "", ".", "0.x", "0,5"] {
            assert!(Ratio::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_value_for_another_program_is_no_failure() {
        for variable in TELEMETRY.iter().filter(|variable| variable.kind != "text") {
            let config = read(&[(variable.name, "what=ever,%ff=%ff jaeger_remote")]);
            assert_eq!((variable.show)(&config), (variable.show)(&read(&[])), "{}", variable.name);
        }
    }
}
