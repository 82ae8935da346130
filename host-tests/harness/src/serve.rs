//! The real `wasmtime serve` in a process of its own.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use hyper::Request;

use crate::client::{self, Reply, Server};
use crate::dist;

/// A running `wasmtime serve -Scli` on a free port. It ends when it is dropped, and its standard error is printed if the
/// test fails.
pub struct ServeProcess {
    child: Child,
    address: SocketAddr,
    stderr: Arc<Mutex<String>>,
}

impl ServeProcess {
    /// Serves `dist/<component>` with these variables. `wasmtime` is this package's program of that name, which a test
    /// finds as `env!("CARGO_BIN_EXE_wasmtime")`.
    pub fn start(wasmtime: impl AsRef<Path>, component: &str, environment: &[(&str, &str)]) -> Self {
        let variables = environment.iter().map(|(name, value)| format!("--env={name}={value}"));
        let variables: Vec<String> = variables.collect();
        let flags: Vec<&str> = variables.iter().map(String::as_str).collect();
        Self::of(wasmtime, &dist::path(component), &flags)
    }

    /// Serves any component, with further flags of `wasmtime serve`.
    pub fn of(wasmtime: impl AsRef<Path>, component: &Path, flags: &[&str]) -> Self {
        let mut command = Command::new(wasmtime.as_ref());
        command.args(["serve", "-Scli", "--addr", "127.0.0.1:0"]).args(flags);
        Self::spawn(command.arg(component))
    }

    /// Runs a line of documentation with `wasmtime serve` in a folder, with an address of its own and this `PATH`.
    pub fn typed(line: &str, folder: &Path, path: &OsStr) -> Self {
        let line = line.replace("wasmtime serve ", "exec wasmtime serve --addr 127.0.0.1:0 ");
        let mut command = Command::new("sh");
        command.args(["-c", &line]);
        Self::spawn(command.current_dir(folder).env("PATH", path))
    }

    /// Starts `./x serve` in another folder, with an address of its own and this `wasmtime` on the `PATH`.
    pub fn invited(wasmtime: impl AsRef<Path>, folder: &Path, address: &str) -> Self {
        let wasmtime = wasmtime.as_ref().parent().expect("a program lies in a folder");
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([wasmtime.to_owned()].into_iter().chain(env::split_paths(&path)));
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["run", "--package", "xtask", "--manifest-path"]).arg(dist::root().join("Cargo.toml"));
        command.args(["--", "serve", "--addr", address]).current_dir(folder);
        Self::spawn(command.env("PATH", path.expect("folders without colons")))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
        let mut seen = String::new();
        let address = lines.by_ref().find_map(|line| {
            seen += &format!("{line}\n");
            line.strip_prefix("Serving HTTP on http://")?.trim_end_matches('/').parse().ok()
        });
        let Some(address) = address else { panic!("no address was printed: {seen}") };
        let stderr = Arc::new(Mutex::new(seen));
        thread::spawn({
            let stderr = stderr.clone();
            move || lines.for_each(|line| *stderr.lock().unwrap() += &format!("{line}\n"))
        });
        Self { child, address, stderr }
    }

    /// The command line that it printed for whoever started it.
    pub fn invitation(&mut self) -> String {
        let stdout = BufReader::new(self.child.stdout.take().expect("asked once"));
        let mut lines = stdout.lines().map_while(Result::ok).map(|line| line.trim().to_owned());
        lines.find(|line| line.starts_with("curl ")).expect("a line for the shell")
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Server for ServeProcess {
    fn send(&self, request: Request<Vec<u8>>) -> Reply {
        client::send(self.address, request)
    }
}

impl Drop for ServeProcess {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed by now.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("--- standard error of the server\n{}---", self.stderr.lock().unwrap());
        }
    }
}
