//! Client libraries of other image services, pointed at tintype; and the resizer, called from another language.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use harness::Service;
use harness::client::Server;
use harness::dist::{self, root};
use harness::origin::Answer;
use pictures::{Picture, photograph};

/// `secret` and `hello` in hexadecimal.
const KEY: &str = "736563726574";
const SALT: &str = "68656C6C6F";

/// Copies a folder of clients, of which `program` is the one to run, and installs what its lock file says. `None` without npm
/// or a registry.
fn installed(clients: &str, program: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(clients);
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["package.json", "package-lock.json", program] {
        std::fs::copy(root().join("host-tests").join(clients).join(name), folder.join(name)).unwrap();
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
    install.stdout(Stdio::null()).stderr(Stdio::null());
    install.status().is_ok_and(|status| status.success()).then_some(folder)
}

/// What a program of node prints.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("node").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn urls_of_imgproxys_own_builders_work_unchanged() {
    let Some(folder) = installed("clients", "imgproxy.mjs") else {
        println!("skipped: npm could not install the client libraries");
        return;
    };
    let lines = printed(&folder, &["imgproxy.mjs", "http://photos.test/photo.jpg", KEY, SALT]);
    let photo = photograph(640, 480).jpeg();
    let service = || {
        let photo = photo.clone();
        Service::new().with_origin(move |_, _| Answer::ok(photo.clone()))
    };
    let (open, locked) = (service(), service().env("TINTYPE_KEY", KEY).env("TINTYPE_SALT", SALT));
    for line in lines.lines() {
        let [path, format, size] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let server = if path.starts_with("/unsafe/") { &open } else { &locked };
        let reply = server.get(path);
        assert_eq!(reply.status, 200, "{line}: {}", String::from_utf8_lossy(&reply.body));
        assert_eq!(reply.header("content-type"), format!("image/{format}"), "{line}");
        let picture = Picture::read(&reply.body);
        assert_eq!(format!("{}x{}", picture.width, picture.height), size, "{line}");
    }
    assert_eq!(lines.lines().count(), 18);
}

/// What [`resize.mjs`](../../clients/javascript/resize.mjs) prints for a photograph of 1200 × 800 pixels.
const CALLS: &str = "\
a width: image/webp 800x533
a width and a format: image/webp 800x533
nothing: image/webp 1200x800
a colour without alpha: image/webp 1200x800
no width: TypeError
a width of zero: the option width is out of range; accepted is 1 to 2147483647
a width below zero: TypeError
a width of one and a half: TypeError
a width that is text: TypeError
a width beyond 32 bits: TypeError
a share that is no number: the option width-share is out of range; accepted is more than 0 and at most 1000
a quality of 300: the option quality is out of range; accepted is 1 to 100
a colour without blue: TypeError
a part without its height: TypeError
a misspelt option: TypeError
an unknown fit: TypeError
an option twice: the option width is given twice, or together with width-share
a width after all that: image/webp 8x5
";

#[test]
fn a_call_from_javascript_is_one_statement_and_a_wrong_one_is_an_error() {
    let Some(folder) = installed("clients/javascript", "resize.mjs") else {
        println!("skipped: npm could not install what calls a component from JavaScript");
        return;
    };
    std::fs::write(folder.join("photo.jpg"), photograph(1200, 800).jpeg()).unwrap();
    let resizer = dist::path("resizer.wasm");
    assert_eq!(printed(&folder, &["resize.mjs", resizer.to_str().unwrap(), "photo.jpg"]), CALLS);
}
