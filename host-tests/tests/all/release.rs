//! `dist/release`, if `./x dist` has made one: names, sums, bills of materials, and the way through a registry.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use harness::dist::{self, root};
use serde_json::Value;

use crate::examples::is_installed;

/// The folder of the release. `None` if there is none.
fn release() -> Option<PathBuf> {
    let folder = root().join("dist/release");
    if !folder.join("SHA256SUMS").exists() {
        println!("skipped: there is no release; ./x dist makes one");
        return None;
    }
    Some(folder)
}

/// What `sha256sum` prints for a file.
fn sha256(file: &Path) -> String {
    let output = Command::new("sha256sum").arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn a_release_is_what_its_list_says() {
    let Some(folder) = release() else { return };
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&folder);
    assert!(check.status().unwrap().success());
    let listed = fs::read_to_string(folder.join("SHA256SUMS")).unwrap().lines().count();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), listed + 1, "every file but the list itself");
}

#[test]
fn a_bill_of_materials_names_its_component_and_what_is_in_it() {
    let Some(folder) = release() else { return };
    for name in ["resizer", "tintype", "tintype-middleware"] {
        let name = format!("{name}-{}", env!("CARGO_PKG_VERSION"));
        let bill = fs::read_to_string(folder.join(format!("{name}.cdx.json"))).unwrap();
        let bill: Value = serde_json::from_str(&bill).unwrap();
        let component = &bill["metadata"]["component"];
        assert_eq!(component["hashes"][0]["content"], sha256(&folder.join(format!("{name}.wasm"))).as_str());
        let linked: Vec<_> = bill["components"].as_array().unwrap().iter().collect();
        let has = |name: &str| linked.iter().any(|library| library["name"] == name);
        assert!(has("tintype-types"), "{name}");
        assert_eq!(has("moxcms"), !name.starts_with("middleware"), "{name}");
        assert!(!has("serde_derive") && !has("wasmtime"), "{name}: only what is linked into it");
        for library in linked {
            let licence = library["licenses"][0]["expression"].as_str().unwrap();
            assert!(!licence.is_empty() && !licence.contains("GPL"), "{library}");
        }
    }
}

/// A registry on a port of its own, which keeps what it is given in a folder of its own.
struct Registry {
    process: Child,
    address: String,
    folder: PathBuf,
}

impl Registry {
    fn start() -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("registry");
        fs::create_dir_all(&folder).unwrap();
        let config = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n",
            folder.join("data").display()
        );
        fs::write(folder.join("config.yml"), config).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(folder.join("config.yml")).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap();
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the registry does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { process, address, folder }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_component_comes_back_from_a_registry_as_it_went() {
    if !is_installed("wkg") || !is_installed("docker-registry") {
        println!("skipped: wkg and docker-registry are needed");
        return;
    }
    let component = dist::path("tintype.wasm");
    let registry = Registry::start();
    let pulled = registry.folder.join("pulled.wasm");
    let reference = format!("{}/tintype/tintype:{}", registry.address, env!("CARGO_PKG_VERSION"));
    let wkg = |verb: &str| {
        let mut command = Command::new("wkg");
        command.args(["oci", verb, "--insecure", &registry.address, &reference]);
        command
    };
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(wkg("push").arg(&component));
    run(wkg("pull").arg("--output").arg(&pulled));
    assert_eq!(sha256(&pulled), sha256(&component));
}
