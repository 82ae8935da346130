use super::*;

fn parse(text: &str) -> Result<SourceUrl> {
    SourceUrl::parse(text, 200)
}

fn kind(text: &str) -> Result<String, Kind> {
    parse(text).map(|url| url.to_string()).map_err(|failure| failure.kind())
}

#[test]
fn urls_are_brought_into_one_form() {
    for (text, written) in [
        ("HTTPS://Example.COM", "https://example.com/"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("http://example.com:0080/a", "http://example.com/a"),
        ("http://example.com:/a", "http://example.com/a"),
        ("http://example.com:443/a", "http://example.com:443/a"),
        ("http://example.com:8080?x", "http://example.com:8080/?x"),
        ("http://example.com/a?", "http://example.com/a?"),
        ("https://example.com./a/../b/./c#frag", "https://example.com/b/c"),
        ("https://example.com.:8443/", "https://example.com:8443/"),
        ("https://example.com/a/%2E%2e/b", "https://example.com/b"),
        ("https://example.com/a/.%2e/b", "https://example.com/b"),
        ("https://example.com/a/..", "https://example.com/"),
        ("https://example.com/../../a", "https://example.com/a"),
        ("https://example.com/a//b/", "https://example.com/a//b/"),
        ("https://example.com/é \"<", "https://example.com/%C3%A9%20%22%3C"),
        ("https://example.com/%41?q=a b", "https://example.com/%41?q=a%20b"),
        ("https://example.com/100%25.jpg", "https://example.com/100%25.jpg"),
        ("https://example.com/100%.jpg", "https://example.com/100%.jpg"),
        ("https://example.com/a?b=..%2f..&c=%00", "https://example.com/a?b=..%2f..&c=%00"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://127.1./", "http://127.0.0.1/"),
        ("http://[::FFFF:1.2.3.4]:81/", "http://[::ffff:1.2.3.4]:81/"),
        ("http://[2001:DB8:0::1]/", "http://[2001:db8::1]/"),
        ("http://-/../x:y@z/", "http://-/x:y@z/"),
    ] {
        assert_eq!(kind(text).as_deref(), Ok(written), "{text}");
        assert_eq!(parse(text), parse(written), "{text}");
    }
}

#[test]
fn ambiguous_and_foreign_urls_are_refused() {
    for (text, reason) in [
        ("", InvalidUrl::Scheme),
        ("example.com/a.jpg", InvalidUrl::Scheme),
        ("//example.com/", InvalidUrl::Scheme),
        ("ftp://example.com/", InvalidUrl::Scheme),
        ("file:///etc/passwd", InvalidUrl::Scheme),
        ("gopher://example.com/", InvalidUrl::Scheme),
        ("data:image/png,x", InvalidUrl::Scheme),
        ("javascript:alert(1)", InvalidUrl::Scheme),
        ("blob:http://example.com/", InvalidUrl::Scheme),
        (" http://example.com/", InvalidUrl::Scheme),
        ("http:/example.com/", InvalidUrl::Scheme),
        ("http:example.com", InvalidUrl::Scheme),
        ("http://", InvalidUrl::Host),
        ("http:///a", InvalidUrl::Host),
        ("http:///example.com/a", InvalidUrl::Host),
        ("http://:80/", InvalidUrl::Host),
        ("http://a b/", InvalidUrl::Host),
        ("http://user@example.com/", InvalidUrl::Credentials),
        ("http://@example.com/", InvalidUrl::Credentials),
        ("http://user:pw@example.com/", InvalidUrl::Credentials),
        ("http://example.com\\@evil.example/", InvalidUrl::Backslash),
        ("http://example.com/a\\b", InvalidUrl::Backslash),
        ("http:\\\\example.com/", InvalidUrl::Backslash),
        ("http://example.com/\n", InvalidUrl::ControlCharacters),
        ("http://exa\tmple.com/", InvalidUrl::ControlCharacters),
        ("http://example.com/\u{85}", InvalidUrl::ControlCharacters),
        ("http://example.com/%00", InvalidUrl::ControlCharacters),
        ("http://example.com/%0d%0aHost:%20evil", InvalidUrl::ControlCharacters),
        ("http://example.com:0/", InvalidUrl::Port),
        ("http://example.com:65536/", InvalidUrl::Port),
        ("http://example.com:+80/", InvalidUrl::Port),
        ("http://example.com:8o/", InvalidUrl::Port),
        ("http://exämple.com/", InvalidUrl::Host),
        ("http://example。com/", InvalidUrl::Host),
        ("http://ex%61mple.com/", InvalidUrl::Host),
        ("http://[::1/", InvalidUrl::Host),
        ("http://[fe80::1%25eth0]/", InvalidUrl::Host),
        ("http://1.2.3.4.5/", InvalidUrl::Host),
        ("http://256.1/", InvalidUrl::Host),
        ("http://a..b/", InvalidUrl::Host),
        ("http://a../", InvalidUrl::Host),
        ("http://./", InvalidUrl::Host),
    ] {
        let expected: Result<SourceUrl, _> = Err(reason);
        assert_eq!(text.parse::<SourceUrl>(), expected, "{text}");
        assert_eq!(kind(text), Err(Kind::InvalidSource), "{text}");
    }
}

#[test]
fn no_disguise_hides_a_dot_segment() {
    for path in [
        "a/..%2f..%2fb",
        "a/%2e%2e%5cb",
        "a%2f..",
        "a%5C..%5Cb",
        "%252e%252e/b",
        "a/%252e%252E/b",
        "a/.%252e/b",
        "a/%25252e%25252e/b",
        "a/%2525252e./b",
        "a/%252e%252e%252fb",
        "a/%2%65%2%65/b",
        "a/%%32%65%%32%65/b",
        "..;/b",
        "a/..;/b",
        "a/..;x=1",
        "a/%2e%2e;/b",
        "a/..%3b/b",
        "a/%252e.%253B/b",
        "a%2f..;/b",
        ".;/b",
        ".;x=1",
        "%252e/b",
        "a%2f./b",
        "a/.%5cb",
    ] {
        let text = format!("http://example.com/{path}");
        assert_eq!(text.parse::<SourceUrl>(), Err(InvalidUrl::HiddenDots), "{text}");
    }
    for path in [
        "a..b", "...", "..a", "a..;b", ";..a", ".a;b", "%25.jpg", "%252ea", "a%2fb", "a;x=../b", "%252",
        "%2525",
    ] {
        assert!(parse(&format!("http://example.com/{path}")).is_ok(), "{path}");
    }
}

#[test]
fn decoding_once_more_changes_nothing() {
    // Every text of up to seven of the characters that escapes are made of.
    let mut texts = vec![String::new()];
    for _ in 0..7 {
        texts =
            texts.iter().flat_map(|text| ["%", "2", "5", "e", "/"].map(|c| format!("{text}{c}"))).collect();
        for text in &texts {
            let mut expected = text.clone().into_bytes();
            for _ in 0..3 {
                expected = percent_encoding::percent_decode(&expected).collect();
            }
            assert_eq!(decode_fully(text), expected, "{text}");
        }
    }
}

#[test]
fn decoding_takes_one_pass_however_often_a_path_is_encoded() {
    let escapes = format!("%{}2e", "25".repeat(500_000));
    assert_eq!(decode_fully(&escapes), b".");
}

#[test]
fn a_url_is_as_long_as_the_limit_at_most() {
    let text = format!("http://example.com/{}", "x".repeat(181));
    assert!(parse(&text).is_ok());
    let failure = parse(&format!("{text}x")).unwrap_err();
    assert_eq!(failure.kind(), Kind::UrlTooLong);
    assert_eq!(failure.detail(), Some("at most 200 bytes are accepted (TINTYPE_MAX_URL_BYTES)"));
    assert!(!failure.message().contains(&"x".repeat(182)));

    let text = "x".repeat(4097);
    assert_eq!(text.parse::<SourceUrl>(), Err(InvalidUrl::TooLong(4096)));
}

#[test]
fn references_are_joined_as_rfc_3986_says() {
    let base = parse("https://a.example:8443/b/c?d").unwrap();
    for (reference, joined) in [
        ("http://x.example/y", Ok("http://x.example/y")),
        ("//x.example/y", Ok("https://x.example/y")),
        ("//x.example./y", Ok("https://x.example/y")),
        ("/y?z", Ok("https://a.example:8443/y?z")),
        ("y", Ok("https://a.example:8443/b/y")),
        ("../y", Ok("https://a.example:8443/y")),
        ("?y", Ok("https://a.example:8443/b/c?y")),
        ("", Ok("https://a.example:8443/b/c?d")),
        ("#y", Ok("https://a.example:8443/b/c?d")),
        (" /y ", Ok("https://a.example:8443/y")),
        ("y?x:z", Ok("https://a.example:8443/b/y?x:z")),
        ("y:z/1", Err(InvalidUrl::Scheme)),
        ("https:y", Err(InvalidUrl::Scheme)),
        ("ftp://x.example/y", Err(InvalidUrl::Scheme)),
        ("//user@x.example/y", Err(InvalidUrl::Credentials)),
        ("//x%2eexample/y", Err(InvalidUrl::Host)),
        ("///x.example/y", Err(InvalidUrl::Host)),
        (" //user@x.example/y", Err(InvalidUrl::Credentials)),
        ("//x.example:0/y", Err(InvalidUrl::Port)),
        ("\\\\x.example\\y", Err(InvalidUrl::Backslash)),
        ("/y\r\nx: y", Err(InvalidUrl::ControlCharacters)),
        ("/..;/y", Err(InvalidUrl::HiddenDots)),
    ] {
        let got = join(&base, reference, 200).map(|url| url.to_string());
        assert_eq!(got.as_deref().map_err(|reason| *reason), joined, "{reference}");
    }
    assert_eq!(base.join(&"y".repeat(201), 200).unwrap_err().kind(), Kind::UrlTooLong);
}

#[test]
fn a_path_below_a_url_stays_in_its_folder() {
    let base = parse("https://a.example//b/c").unwrap();
    for (path, url) in [
        ("x", Ok("https://a.example//b/x")),
        ("//x", Ok("https://a.example//b/x")),
        ("y:z", Ok("https://a.example//b/y:z")),
        ("", Ok("https://a.example//b/")),
        ("..", Err(InvalidUrl::OutsideFolder)),
        ("../x", Err(InvalidUrl::OutsideFolder)),
        ("../b/x", Ok("https://a.example//b/x")),
    ] {
        let got = below(&base, path, 200).map(|url| url.to_string());
        assert_eq!(got.as_deref().map_err(|reason| *reason), url, "{path}");
    }
}

#[test]
fn the_parts_of_a_url_are_those_of_its_canonical_form() {
    let url = parse("HTTP://[::FFFF:1.2.3.4]:8080/b/c?d").unwrap();
    assert_eq!((url.scheme(), url.host_str(), url.port()), ("http", "[::ffff:1.2.3.4]", 8080));
    assert_eq!(
        (url.authority().as_str(), url.path(), url.folder()),
        ("[::ffff:1.2.3.4]:8080", "/b/c", "/b/")
    );
    assert!(url.is_public_host() && !url.has_default_port());

    let url = parse("https://localhost.").unwrap();
    assert_eq!((url.authority().as_str(), url.port(), url.folder()), ("localhost", 443, "/"));
    assert!(!url.is_public_host() && url.has_default_port());
}

#[test]
fn a_file_is_named_after_the_last_segment() {
    for (path, stem) in [
        ("/b/c.d.png?x", Some("c.d")),
        ("/b/c", Some("c")),
        ("/Gr%C3%BC%C3%9Fe.png", Some("Grüße")),
        ("/", None),
        ("/b/", None),
        ("/.png", None),
        ("/a%22b.png", None),
        ("/a%2Fb.png", None),
        ("/a%5Cb.png", None),
        ("/%FF.png", None),
        ("/%C2%85.png", None),
    ] {
        assert_eq!(parse(&format!("http://a.example{path}")).unwrap().file_stem().as_deref(), stem, "{path}");
    }
    let named = |length| parse(&format!("http://a.example/{}.png", "x".repeat(length))).unwrap().file_stem();
    assert!(named(100).is_some() && named(101).is_none());
}

#[test]
fn every_url_can_be_sent_as_it_is_written() {
    let every: String =
        (' '..='~').chain(['é', '\u{10FFFF}']).filter(|c| !matches!(c, '\\' | '#' | '?')).collect();
    for text in [
        format!("https://a_b.example:8443/{every}?{every}?"),
        "http://[::ffff:1.2.3.4]:81".into(),
        "http://127.1?x".into(),
    ] {
        let url = SourceUrl::parse(&text, 1000).unwrap();
        assert_eq!(url.to_uri().unwrap().to_string(), url.to_string());
    }
    let long = SourceUrl::parse(&format!("http://a.example/{}", "x".repeat(70_000)), 100_000).unwrap();
    assert_eq!(long.to_uri().unwrap_err().kind(), Kind::InvalidSource);
}

#[test]
fn messages_hold_neither_credentials_nor_control_characters() {
    for text in [
        "http://user:secret@example.com/",
        "ftp://user:secret@example.com/",
        "user:secret@example.com",
        "http://user:secret%40example.com/",
        "http://user:secret@example.com\\",
        "http://secret.example/\u{1b}[31m",
        "http://secret.example/\u{9b}31m",
        &format!("http://user:secret@example.com/{}", "x".repeat(200)),
    ] {
        let failure = parse(text).unwrap_err();
        assert!(failure.message().starts_with("the source URL is refused: "), "{failure}");
        assert!(
            !text.parse::<SourceUrl>().is_err_and(|error| error.to_string().contains("secret")),
            "{text}"
        );
    }
    let failure = parse("ftp://example.com/a").unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the source URL \"ftp://example.com/a\" is refused: its scheme is none of http, https and s3 \
         (begin the URL with https:// or http://)"
    );
    let failure = parse(&"é".repeat(1000)).unwrap_err();
    assert!(failure.message().len() < 300);
}

#[test]
fn a_refused_reference_is_not_repeated() {
    let base = parse("https://a.example/secret/").unwrap();
    for failure in [base.join("ftp://secret.example", 200), base.below("../secret2", 200)] {
        assert!(!failure.unwrap_err().to_string().contains("secret"));
    }
}
