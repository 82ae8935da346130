//! A host made of vectors, whose clock the tests set: no test waits.

mod body;
mod origin;
mod session;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::Value;
use tintype_http::AnswerBody;
use tintype_http::config::Config;
use tintype_http::failure::Failure;
use tintype_http::host::Timeouts;
use tintype_http::host::{Host, HostError};
use tintype_types::Options;

pub(crate) use body::{Event, TestBody, pieces};
pub(crate) use origin::Reply;
pub(crate) use session::{Echo, TestSession};

/// The second of Unix time at which every test begins.
pub(crate) const NOW: u64 = 1_767_225_600;

/// [`NOW`] as headers have it.
pub(crate) const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";

/// A target whose source every test may fetch.
pub(crate) const PHOTO: &str = "/?url=https://photos.example.com/a/photo.jpg&width=8";

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A clock that moves only if it is told to.
pub(crate) struct Clock {
    base: Instant,
    passed: Cell<Duration>,
}

impl Clock {
    pub(crate) fn now(&self) -> Instant {
        self.base + self.passed.get()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.passed.set(self.passed.get() + time);
    }
}

/// The reply to a request.
type Origin = dyn Fn(&Request<()>) -> Reply;

/// The session for some options.
type Resizer = dyn Fn(&Options) -> TestSession;

pub(crate) struct TestHost {
    pub(crate) clock: Rc<Clock>,
    variables: Vec<(String, String)>,
    origin: Box<Origin>,
    session: Box<Resizer>,
    /// The requests that origins received.
    pub(crate) asked: RefCell<Vec<Request<()>>>,
    /// The options of every session.
    pub(crate) sessions: RefCell<Vec<Options>>,
    /// How often the host had the chance to do something else.
    pub(crate) pauses: Cell<usize>,
    /// What a collector replies.
    collector: Result<StatusCode, HostError>,
    /// The requests that a collector received, and how many lines the log had by then.
    pub(crate) exports: RefCell<Vec<(Request<Bytes>, usize)>>,
    /// The lines of the log.
    pub(crate) log: RefCell<Vec<String>>,
    /// How many pieces of bodies have been taken.
    pub(crate) taken: Rc<Cell<usize>>,
}

impl TestHost {
    /// A host whose origin has a JPEG at every URL, and whose resizer returns what it is given.
    pub(crate) fn new() -> Self {
        let clock = Clock { base: Instant::now(), passed: Cell::default() };
        Self {
            clock: Rc::new(clock),
            variables: vec![("TINTYPE_SOURCES".into(), "*.example.com".into())],
            origin: Box::new(|_| Reply::image(&jpeg(300))),
            session: Box::new(|options| Echo::new(options).into()),
            collector: Ok(StatusCode::OK),
            exports: RefCell::default(),
            asked: RefCell::default(),
            sessions: RefCell::default(),
            pauses: Cell::default(),
            log: RefCell::default(),
            taken: Rc::default(),
        }
    }

    /// The same host with a variable in its environment.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The same host with another origin.
    pub(crate) fn origin(mut self, origin: impl Fn(&Request<()>) -> Reply + 'static) -> Self {
        self.origin = Box::new(origin);
        self
    }

    /// The same host with a collector that replies this.
    pub(crate) fn collector(mut self, reply: Result<StatusCode, HostError>) -> Self {
        self.collector = reply;
        self.with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
    }

    /// The same host with another resizer.
    pub(crate) fn resizer<S: Into<TestSession>>(mut self, session: impl Fn(&Options) -> S + 'static) -> Self {
        self.session = Box::new(move |options| session(options).into());
        self
    }

    pub(crate) fn config(&self) -> Result<Config, Failure> {
        Config::read(self.variables.iter().cloned())
    }

    /// A body that arrives on this host.
    pub(crate) fn body(&self, events: Vec<Event>) -> TestBody {
        TestBody::new(self.clock.clone(), self.taken.clone(), events)
    }

    /// Responds to a request, as far as the head of the response.
    pub(crate) fn begin(&self, request: Request<Vec<Event>>) -> Response<AnswerBody<'_, Self>> {
        block_on(tintype_http::answer(self, &self.config(), request.map(|events| self.body(events))))
    }

    /// Responds to a request, up to the end of the response.
    pub(crate) fn send(&self, request: Request<Vec<Event>>) -> Answer {
        block_on(Answer::read(self.begin(request)))
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        self.send(request("GET", target, &[]))
    }

    pub(crate) fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request("GET", target, headers))
    }

    pub(crate) fn post(&self, target: &str, events: Vec<Event>) -> Answer {
        self.send(request("POST", target, &[]).map(|_| events))
    }

    /// The value of a header in the last request that an origin received.
    pub(crate) fn asked_header(&self, name: &str) -> Option<String> {
        let asked = self.asked.borrow();
        let value = asked.last()?.headers().get(name)?;
        Some(value.to_str().unwrap().into())
    }

    /// The only line of the log.
    pub(crate) fn log_line(&self) -> Value {
        let log = self.log.borrow();
        assert_eq!(log.len(), 1, "{log:?}");
        serde_json::from_str(&log[0]).unwrap()
    }
}

impl Host for TestHost {
    type Body = TestBody;
    type Session = TestSession;

    async fn send(
        &self,
        request: Request<()>,
        _: &Timeouts,
        deadline: Instant,
    ) -> Result<Response<TestBody>, HostError> {
        let reply = (self.origin)(&request);
        self.asked.borrow_mut().push(request);
        self.body(reply.before).wait(deadline).await?;
        Ok(reply.response.map(|events| self.body(events)))
    }

    async fn export(&self, request: Request<Bytes>, _: Instant) -> Result<StatusCode, HostError> {
        self.exports.borrow_mut().push((request, self.log.borrow().len()));
        self.collector
    }

    fn memory(&self) -> u64 {
        1 << 20
    }

    async fn pause(&self) {
        self.pauses.set(self.pauses.get() + 1);
    }

    fn session(&self, options: &Options) -> TestSession {
        self.sessions.borrow_mut().push(options.clone());
        (self.session)(options).on(&self.clock)
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn date(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW) + self.clock.passed.get()
    }

    fn log(&self, line: &str) {
        self.log.borrow_mut().push(line.into());
    }
}

/// A response to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The sizes of the body's pieces.
    pub(crate) pieces: Vec<usize>,
    /// Whether there is no body at all.
    pub(crate) is_absent: bool,
    /// Why the body is incomplete.
    pub(crate) broken: Option<Failure>,
}

impl Answer {
    pub(crate) async fn read(response: Response<AnswerBody<'_, TestHost>>) -> Self {
        let (head, mut rest) = response.into_parts();
        let is_absent = rest.is_absent();
        let (mut body, mut sizes, mut broken) = (Vec::new(), Vec::new(), None);
        while let Some(piece) = rest.next().await {
            match piece {
                Ok(piece) => {
                    sizes.push(piece.len());
                    body.extend_from_slice(&piece);
                }
                Err(failure) => broken = Some(failure),
            }
        }
        rest.conclude().await;
        let (status, headers) = (head.status.as_u16(), head.headers);
        Self { status, headers, body, pieces: sizes, is_absent, broken }
    }

    /// A header; an empty text if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The status and the name of the failure; the name is empty if the response is not one.
    pub(crate) fn error(&self) -> (u16, String) {
        let json = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
        (self.status, json["error"].as_str().unwrap_or_default().into())
    }
}

/// A request without a body.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request<Vec<Event>> {
    let builder = Request::builder().method(method).uri(target);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(Vec::new()).unwrap()
}

/// Bytes that pass for a JPEG.
pub(crate) fn jpeg(length: usize) -> Vec<u8> {
    let block: Vec<u8> = (0..251).collect();
    let mut bytes = block.repeat(length / block.len() + 1);
    bytes.truncate(length);
    bytes[..3].copy_from_slice(&[0xFF, 0xD8, 0xFF]);
    bytes
}

/// Polls a future until it is ready. Nothing wakes it: a body that is pending is ready when it is polled again.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
