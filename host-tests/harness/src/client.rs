//! Requests, replies, and how they travel to a server.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame};
use hyper::{HeaderMap, Request, Response};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use wasmtime_wasi_http::io::TokioIo;

/// No test waits longer than this for a reply.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The runtime that drives every blocking call of this crate.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads can be started"));

/// What a server answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Reply {
    /// A header as text, or nothing if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of visible characters"))
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    pub(crate) async fn collect<B: Body<Data = Bytes>>(response: Response<B>) -> Result<Self, B::Error> {
        Self::collect_watched(response, || {}).await
    }

    /// Calls `begun` as soon as the first bytes of the body are there.
    pub(crate) async fn collect_watched<B: Body<Data = Bytes>>(
        response: Response<B>,
        begun: impl FnOnce(),
    ) -> Result<Self, B::Error> {
        let (parts, body) = response.into_parts();
        let mut body = Box::pin(body);
        let mut bytes = Vec::new();
        let mut begun = Some(begun);
        while let Some(frame) = body.frame().await {
            bytes.extend_from_slice(frame?.data_ref().map_or(&[], |data| data));
            if let Some(begun) = begun.take_if(|_| !bytes.is_empty()) {
                begun();
            }
        }
        Ok(Self { status: parts.status.as_u16(), headers: parts.headers, body: bytes.into() })
    }
}

/// A server that takes requests: one case can be tried on several.
pub trait Server {
    /// Sends a request and waits for the whole reply.
    fn send(&self, request: Request<Vec<u8>>) -> Reply;

    /// `GET` of a path with its query.
    fn get(&self, path: &str) -> Reply {
        self.send(request("GET", path, Vec::new()))
    }

    /// `POST` of a body to a path with its query.
    fn post(&self, path: &str, body: &[u8]) -> Reply {
        self.send(request("POST", path, body.to_vec()))
    }
}

/// A request of any method. The body's length is announced unless it is empty.
pub fn request(method: &str, path: &str, body: Vec<u8>) -> Request<Vec<u8>> {
    let mut builder = Request::builder().method(method).uri(path).header("host", "tintype.test");
    if !body.is_empty() {
        builder = builder.header("content-length", body.len());
    }
    builder.body(body).expect("a valid request")
}

/// Sends a request over TCP.
pub fn send(address: SocketAddr, request: Request<Vec<u8>>) -> Reply {
    RUNTIME.block_on(async {
        let exchange = async {
            let stream = TokioIo::new(TcpStream::connect(address).await.expect("the server listens"));
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(stream).await.expect("a connection");
            tokio::spawn(connection);
            let response = sender.send_request(request.map(Chunks::new)).await.expect("a response");
            Reply::collect(response).await.expect("a whole body")
        };
        tokio::time::timeout(PATIENCE, exchange).await.expect("an answer in time")
    })
}

/// A body that arrives in pieces.
pub(crate) struct Chunks {
    ready: VecDeque<Bytes>,
    /// What has to happen before the rest arrives.
    held_back: Option<(Event, VecDeque<Bytes>)>,
}

type Event = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Chunks {
    /// No chunk is longer, as in a connection's buffers.
    const SIZE: usize = 16 << 10;

    pub(crate) fn new(body: impl Into<Bytes>) -> Self {
        let mut rest = body.into();
        let mut chunks = VecDeque::new();
        while !rest.is_empty() {
            chunks.push_back(rest.split_to(rest.len().min(Self::SIZE)));
        }
        Self { ready: chunks, held_back: None }
    }

    /// The same body, except that the bytes after the first `bytes` arrive only after `event`.
    pub(crate) fn held_back(
        body: Bytes,
        bytes: usize,
        event: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let rest = Self::new(body.slice(bytes..)).ready;
        Self { held_back: Some((Box::pin(event), rest)), ..Self::new(body.slice(..bytes)) }
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.ready.is_empty()
            && let Some((event, rest)) = &mut self.held_back
        {
            ready!(event.as_mut().poll(context));
            self.ready = std::mem::take(rest);
            self.held_back = None;
        }
        Poll::Ready(self.ready.pop_front().map(|chunk| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.ready.is_empty() && self.held_back.is_none()
    }
}
