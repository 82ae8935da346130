//! Examples, built, composed and served by the lines of their own READMEs.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use harness::ServeProcess;
use harness::dist::{self, root};

/// The version of wac that `cargo install` gets, unless one is installed.
const WAC: &str = "=0.12.0";

/// One at a time: each build takes all processors.
static TURN: Mutex<()> = Mutex::new(());

/// A folder of `examples/`.
pub(crate) struct Example {
    folder: PathBuf,
    /// Where `wac`, `wasmtime` and `cargo` are found.
    path: OsString,
}

impl Example {
    /// Builds an example and composes it, by each line of its README that calls `cargo`, `npm` or `wac`. `None` where there is no wac
    /// and none can be installed.
    pub(crate) fn built(name: &str) -> Option<Self> {
        let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // The components that its README names are as new as their sources.
        dist::path("resizer.wasm");
        let example = Self { folder: root().join("examples").join(name), path: search_path()? };
        example.share_target();
        for program in ["cargo ", "npm ", "wac "] {
            example.lines(program).iter().for_each(|line| example.run(line));
        }
        Some(example)
    }

    /// Has the examples build into one folder, so that what they have in common is built once.
    fn share_target(&self) {
        let target = self.folder.join("target");
        if !target.exists() {
            let shared = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
            fs::create_dir_all(&shared).unwrap();
            // It may be there and lead nowhere.
            let _ = fs::remove_file(&target);
            std::os::unix::fs::symlink(shared, target).unwrap();
        }
    }

    /// Serves what its README serves.
    pub(crate) fn serve(&self) -> ServeProcess {
        let [line] = &*self.lines("wasmtime serve ") else { panic!("one line that serves") };
        ServeProcess::typed(line, &self.folder, &self.path)
    }

    /// Runs a line in the folder.
    pub(crate) fn run(&self, line: &str) {
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.folder).env("PATH", &self.path);
        // Cargo builds into `target`, as it does for whoever copied the folder.
        for variable in ["CARGO_TARGET_DIR", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
            command.env_remove(variable);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The lines for a shell in its README that begin like this.
    fn lines(&self, beginning: &str) -> Vec<String> {
        shell_lines(&self.folder.join("README.md"), beginning)
    }
}

/// The lines for a shell in a document that begin like this.
pub(crate) fn shell_lines(document: &Path, beginning: &str) -> Vec<String> {
    let text = fs::read_to_string(document).unwrap();
    let blocks = text.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with(beginning));
    lines.map(str::to_owned).collect()
}

/// The search path of this process, with this project's wasmtime, and with wac.
pub(crate) fn search_path() -> Option<OsString> {
    let own = Path::new(env!("CARGO_BIN_EXE_wasmtime")).parent()?.to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let wac = if is_installed("wac") { None } else { Some(installed_wac()?) };
    Some(env::join_paths([own].into_iter().chain(wac).chain(env::split_paths(&path))).unwrap())
}

pub(crate) fn is_installed(program: &str) -> bool {
    let mut version = Command::new(program);
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// Installs wac as the README says, for these tests alone. `None` without a registry.
fn installed_wac() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wac");
    let mut install = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    install.args(["install", "wac-cli", "--no-default-features", "--features", "wit,wat"]);
    install.args(["--locked", "--debug", "--version", WAC, "--root"]).arg(&folder);
    install.env_remove("CARGO_TARGET_DIR").stdout(Stdio::null()).stderr(Stdio::null());
    install.status().is_ok_and(|status| status.success()).then(|| folder.join("bin"))
}
