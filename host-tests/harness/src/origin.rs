//! A web server that follows a script, on a port of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::sync::Notify;
use wasmtime_wasi_http::RequestOptions;

/// A request as an origin sees it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers in the order in which they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// What the sender told its host about waiting, which no origin with sockets can know.
    pub options: Option<RequestOptions>,
}

impl Asked {
    /// The first header of this name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What an origin answers, and how well it behaves meanwhile.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    announce_length: bool,
    silence: Duration,
    piece: usize,
    pause: Duration,
    breaks_off_at: Option<usize>,
    pub(crate) held_back: Option<(usize, Gate)>,
}

/// What keeps an answer back until somebody opens it.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Notify>);

impl Gate {
    /// Lets one answer pass, now or when it comes.
    pub fn open(&self) {
        self.0.notify_one();
    }

    pub(crate) async fn opened(self) {
        self.0.notified().await;
    }
}

impl Answer {
    /// Status 200 with a body, sent at once and with its length.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
            announce_length: true,
            silence: Duration::ZERO,
            piece: usize::MAX,
            pause: Duration::ZERO,
            breaks_off_at: None,
            held_back: None,
        }
    }

    /// A status without a body.
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::ok([]) }
    }

    /// Status 302 to another address.
    pub fn redirect(to: &str) -> Self {
        Self::status(302).header("location", to)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Announces another length than the body has.
    #[must_use]
    pub fn of_alleged_length(mut self, bytes: u64) -> Self {
        self.announce_length = false;
        self.header("content-length", &bytes.to_string())
    }

    /// Sends no `Content-Length`: the body ends with the connection.
    #[must_use]
    pub fn without_length(mut self) -> Self {
        self.announce_length = false;
        self
    }

    /// Keeps silent this long before the first byte.
    #[must_use]
    pub fn after(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// Sends the body in pieces of this many bytes, with a pause after each.
    #[must_use]
    pub fn in_pieces(mut self, bytes: usize, pause: Duration) -> Self {
        (self.piece, self.pause) = (bytes, pause);
        self
    }

    /// Announces the whole body and closes the connection after this many bytes of it.
    #[must_use]
    pub fn broken_off_at(mut self, bytes: usize) -> Self {
        self.breaks_off_at = Some(bytes);
        self
    }

    /// Sends this many bytes of the body, and the rest once the gate is open. Only an origin without sockets does it.
    #[must_use]
    pub fn held_back_at(mut self, bytes: usize, gate: &Gate) -> Self {
        self.held_back = Some((bytes, gate.clone()));
        self
    }

    fn send(&self, stream: &mut TcpStream, head_only: bool) -> std::io::Result<()> {
        thread::sleep(self.silence);
        let mut head = format!("HTTP/1.1 {} Scripted\r\nconnection: close\r\n", self.status);
        if self.announce_length {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        if head_only {
            return Ok(());
        }
        let end = self.breaks_off_at.unwrap_or(self.body.len()).min(self.body.len());
        for piece in self.body[..end].chunks(self.piece) {
            stream.write_all(piece)?;
            thread::sleep(self.pause);
        }
        Ok(())
    }
}

/// A scripted web server on 127.0.0.1. It stops when it is dropped.
pub struct Origin {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    stopped: Arc<AtomicBool>,
}

impl Origin {
    /// Starts a server that answers what `script` says.
    pub fn start(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let stopped = Arc::new(AtomicBool::new(false));
        let script: Arc<dyn Fn(&Asked) -> Answer + Send + Sync> = Arc::new(script);
        thread::spawn({
            let (asked, stopped) = (asked.clone(), stopped.clone());
            move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if stopped.load(Ordering::Relaxed) {
                        return;
                    }
                    let (asked, script) = (asked.clone(), script.clone());
                    thread::spawn(move || {
                        // A client that goes away is none of the server's business.
                        let _ = converse(stream, &asked, &*script);
                    });
                }
            }
        });
        Self { address, asked, stopped }
    }

    /// `http://127.0.0.1:port`, as a list of allowed sources spells it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts, so that it sees the flag.
        let _ = TcpStream::connect(self.address);
    }
}

fn converse(
    mut stream: TcpStream,
    asked: &Mutex<Vec<Asked>>,
    script: &dyn Fn(&Asked) -> Answer,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).take(64 << 10).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut words = first.split(' ').map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(()) };
    let mut headers = Vec::new();
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let request = Asked { method, path, headers, options: None };
    asked.lock().unwrap().push(request.clone());
    script(&request).send(&mut stream, request.method == "HEAD")
}
