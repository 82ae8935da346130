//! The real `wasmtime serve` in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use hyper::Request;

use crate::client::{self, Reply, Server};
use crate::dist;

/// A running `serve` of this package: `wasmtime serve -Scli dist/tintype.wasm` on a free port. It ends when it is
/// dropped, and what it wrote to standard error is printed if the test fails.
pub struct ServeProcess {
    child: Child,
    address: SocketAddr,
    stderr: Arc<Mutex<String>>,
}

impl ServeProcess {
    /// Starts the program `serve`, which a test finds as `env!("CARGO_BIN_EXE_serve")`, with `TINTYPE_*` variables.
    pub fn start(serve: impl AsRef<Path>, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(serve.as_ref());
        Self::spawn(command.args(["--addr", "127.0.0.1:0"]).envs(environment.iter().copied()))
    }

    /// Starts the program as `./x serve` does, but in another folder and at an address of its own.
    pub fn invited(serve: impl AsRef<Path>, folder: &Path, address: &str) -> Self {
        let mut command = Command::new(serve.as_ref());
        Self::spawn(command.args(["--addr", address]).current_dir(folder))
    }

    fn spawn(command: &mut Command) -> Self {
        dist::path("tintype.wasm");
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
        let mut seen = String::new();
        let address = lines.by_ref().find_map(|line| {
            seen += &format!("{line}\n");
            line.strip_prefix("Serving HTTP on http://")?.trim_end_matches('/').parse().ok()
        });
        let Some(address) = address else { panic!("the server told no address: {seen}") };
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
