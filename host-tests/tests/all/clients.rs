//! Client libraries of other image services, pointed at tintype.

use std::path::Path;
use std::process::{Command, Stdio};

use harness::Service;
use harness::client::Server;
use harness::dist::root;
use harness::origin::Answer;
use pictures::{Picture, photograph};

/// `secret` and `hello` in hexadecimal.
const KEY: &str = "736563726574";
const SALT: &str = "68656C6C6F";

/// Copies the clients' folder and installs what its lock file says. `None` without npm or a registry.
fn installed() -> Option<&'static Path> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for name in ["package.json", "package-lock.json", "imgproxy.mjs"] {
        std::fs::copy(root().join("host-tests/clients").join(name), folder.join(name)).unwrap();
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    install.stdout(Stdio::null()).stderr(Stdio::null());
    install.status().is_ok_and(|status| status.success()).then_some(folder)
}

#[test]
fn urls_of_imgproxys_own_builders_work_unchanged() {
    let Some(folder) = installed() else {
        println!("skipped: npm could not install the client libraries");
        return;
    };
    let arguments = ["imgproxy.mjs", "http://photos.test/photo.jpg", KEY, SALT];
    let output = Command::new("node").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let photo = photograph(640, 480).jpeg();
    let service = || {
        let photo = photo.clone();
        Service::new().with_origin(move |_, _| Answer::ok(photo.clone()))
    };
    let (open, locked) = (service(), service().env("TINTYPE_KEY", KEY).env("TINTYPE_SALT", SALT));
    let lines = String::from_utf8(output.stdout).unwrap();
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
