use super::*;

fn pattern(text: &str) -> Pattern {
    text.parse().unwrap_or_else(|reason| panic!("{text}: {reason}"))
}

fn url(text: &str) -> SourceUrl {
    text.parse().unwrap()
}

#[test]
fn malformed_patterns_are_refused_with_a_reason() {
    for (text, reason) in [
        ("ftp://a.example", InvalidPattern::Scheme),
        ("://a.example", InvalidPattern::Scheme),
        ("a.example:0", InvalidPattern::Port),
        ("a.example:65536", InvalidPattern::Port),
        ("a.example:+80", InvalidPattern::Port),
        ("a.example:x", InvalidPattern::Port),
        ("a.example:", InvalidPattern::Port),
        ("a.example/x?y", InvalidPattern::Path),
        ("a.example/x#y", InvalidPattern::Path),
        ("a.example/*", InvalidPattern::Path),
        ("a.example/x\\y", InvalidPattern::Path),
        ("a.example/x/../y", InvalidPattern::Path),
        ("a.example/..;/y", InvalidPattern::Path),
        ("", InvalidPattern::Host),
        ("https://", InvalidPattern::Host),
        ("/photos", InvalidPattern::Host),
        ("a.example?x", InvalidPattern::Host),
        ("127.0.0.*", InvalidPattern::Host),
        ("*.0.0.1", InvalidPattern::Host),
        ("example.*", InvalidPattern::Host),
        ("example.c*", InvalidPattern::Host),
        ("*.*", InvalidPattern::Host),
        ("**", InvalidPattern::Host),
        ("x*", InvalidPattern::Host),
        ("[::*]", InvalidPattern::Host),
        ("user@a.example", InvalidPattern::Host),
        ("ex%61mple.com", InvalidPattern::Host),
        ("exämple.com", InvalidPattern::Host),
    ] {
        assert_eq!(text.parse::<Pattern>(), Err(reason), "{text}");
    }
}

#[test]
fn a_pattern_is_written_as_it_is_read() {
    for text in [
        "*",
        "*:*",
        "https://*",
        "https://*.example.com",
        "img-*.*.example.com:8443/photos/",
        "http://127.0.0.1:8080/photos",
        "https://[::ffff:10.0.0.1]",
        "a.example:*",
        "a.example:443",
        "http://a.example:443",
        "a.example/.well-known",
        "a.example/x?",
        "a.example/?",
    ] {
        let written = pattern(text).to_string();
        assert_eq!(written, text);
        assert_eq!(pattern(&written), pattern(text), "{text}");
    }
}

#[test]
fn a_pattern_has_one_form() {
    for (text, written) in [
        ("HTTPS://Example.COM./", "https://example.com"),
        ("*://*.Example.com.", "*.example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://0x7f.1:080", "http://127.0.0.1"),
        ("[0:0::1]", "[::1]"),
        ("example.com/ö x", "example.com/%C3%B6%20x"),
    ] {
        assert_eq!(pattern(text).to_string(), written);
    }
}

#[test]
fn a_star_stands_for_characters_within_a_label() {
    for (pattern, name, matches) in [
        ("img*.a.example", "img.a.example", true),
        ("img*.a.example", "img7.a.example", true),
        ("img*.a.example", "img.7.a.example", false),
        ("img*.a.example", "xmg7.a.example", false),
        ("img*.a.example", "x.img7.a.example", false),
        ("a*a.example", "a.example", false),
        ("a*a.example", "aa.example", true),
        ("a*b*c.example", "a1b2c.example", true),
        ("a*b*c.example", "abc.example", true),
        ("a*b*c.example", "acb.example", false),
        ("a*bb*b.example", "abb.example", false),
        ("a.*.example", "a.b.example", true),
        ("a.*.example", "a.b.c.example", false),
        ("*.a*.example", "x.y.a1.example", true),
        ("*.a*.example", "a1.example", false),
    ] {
        assert_eq!(matches_name(pattern, name), matches, "{pattern} {name}");
    }
}

#[test]
fn a_pattern_for_a_folder_allows_what_lies_in_it() {
    let under = Pattern::under(&url("https://a.example/photos/index.html?x"));
    assert_eq!(under.to_string(), "https://a.example/photos/");
    for allowed in ["https://a.example/photos/", "https://a.example/photos/b/c.jpg"] {
        assert!(under.allows(&url(allowed)), "{allowed}");
    }
    for refused in [
        "http://a.example/photos/c.jpg",
        "https://a.example:8443/photos/c.jpg",
        "https://b.example/photos/c.jpg",
        "https://a.example/photos",
        "https://a.example/c.jpg",
    ] {
        assert!(!under.allows(&url(refused)), "{refused}");
    }
}

#[test]
fn a_pattern_for_one_url_allows_no_other_path() {
    let exact = Pattern::exact(&url("http://10.0.0.1:9000/?image=1"));
    assert_eq!(exact.to_string(), "http://10.0.0.1:9000/?");
    assert_eq!(pattern(&exact.to_string()), exact);
    assert!(exact.allows(&url("http://10.0.0.1:9000/")));
    assert!(exact.allows(&url("http://10.0.0.1:9000/?image=2")));
    assert!(!exact.allows(&url("http://10.0.0.1:9000/secret")));
    let exact = Pattern::exact(&url("https://a.example/lost.png"));
    assert!(!exact.allows(&url("https://a.example/lost.png/secret")));
}
