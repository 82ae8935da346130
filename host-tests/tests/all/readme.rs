//! The lines of the README that serve and compose, run as they stand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::ServeProcess;
use harness::client::Server;
use harness::dist::{self, root};
use pictures::photograph;

use crate::examples::{search_path, shell_lines};
use crate::service::picture_of;

const WASMTIME: &str = env!("CARGO_BIN_EXE_wasmtime");

/// The lines for a shell that begin like this.
fn lines(beginning: &str) -> Vec<String> {
    shell_lines(&root().join("README.md"), beginning)
}

/// A folder of its own with `dist` in it, and a key.
fn folder(name: &str) -> PathBuf {
    dist::path("tintype.wasm");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(root().join("dist"), folder.join("dist")).unwrap();
    fs::write(folder.join("key"), "736563726574").unwrap();
    folder
}

#[test]
fn the_readme_s_lines_serve() {
    let folder = folder("readme-serve");
    let own = Path::new(WASMTIME).parent().unwrap();
    let path = format!("{}:{}", own.display(), std::env::var("PATH").unwrap());
    // Compiling before is for a whole wasmtime, which this one is not.
    let lines: Vec<_> = ["wasmtime serve ", "TINTYPE_KEY="].into_iter().flat_map(lines).collect();
    let served = lines.iter().filter(|line| !line.ends_with(".cwasm"));
    for line in served.clone() {
        let server = ServeProcess::typed(line, &folder, path.as_ref());
        assert_eq!(server.get("/healthz").status, 200, "{line}");
        let unsigned = server.post("/?width=80", &photograph(160, 120).jpeg());
        assert_eq!(unsigned.status, if line.starts_with("TINTYPE_KEY=") { 403 } else { 200 }, "{line}");
    }
    assert_eq!(served.count(), 3);
}

#[test]
fn the_readme_s_lines_compose() {
    let Some(path) = search_path() else {
        println!("skipped: there is no wac, and none could be installed");
        return;
    };
    let folder = folder("readme-compose");
    fs::copy(dist::path("guests/site.wasm"), folder.join("site.wasm")).unwrap();
    for line in lines("wac ") {
        let output =
            Command::new("sh").args(["-c", &line]).current_dir(&folder).env("PATH", &path).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let server = ServeProcess::of(WASMTIME, &folder.join("tintype.wasm"), &[]);
    picture_of(&server.post("/?width=80", &photograph(160, 120).jpeg()), "image/webp", 80, 60);
    let server = ServeProcess::of(WASMTIME, &folder.join("app.wasm"), &[]);
    assert_eq!(server.get("/page").header("asked"), "GET /page");
}
