//! Sends requests to the composed component in this process.

use std::sync::{Arc, LazyLock, Mutex};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::Request;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime::{Result, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
    default_send_request,
};

use crate::client::{Chunks, PATIENCE, RUNTIME, Reply, Server};
use crate::engine::{ENGINE, FUEL, MemoryMeter, TINTYPE};
use crate::origin::{Answer, Asked};

type Script = Arc<dyn Fn(&str, &Asked) -> Answer + Send + Sync>;

/// `dist/tintype.wasm` with an environment and a world around it. Each request gets a fresh instance.
///
/// What the guest writes to standard error is printed if the test fails.
#[derive(Default)]
pub struct Service {
    environment: Vec<(String, String)>,
    network: Network,
    memory: MemoryMeter,
    stderr: Mutex<Vec<MemoryOutputPipe>>,
    peak: Mutex<usize>,
}

/// What an outgoing request meets.
#[derive(Clone, Default)]
enum Network {
    /// Every connection is refused.
    #[default]
    None,
    /// Answers are made up, without sockets.
    Scripted(Script),
    /// Sockets.
    Real,
}

impl Service {
    /// A service without environment and network.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Allows `http://photos.test` as a source and has `script` answer whatever is sent anywhere. The script is given
    /// the origin, such as `http://photos.test`, and the request; status, headers and body of its answer count, and what
    /// is held back.
    #[must_use]
    pub fn with_origin(self, script: impl Fn(&str, &Asked) -> Answer + Send + Sync + 'static) -> Self {
        self.scripted(script).env("TINTYPE_SOURCES", "http://photos.test")
    }

    /// As [`Service::with_origin`], without allowing any source.
    #[must_use]
    pub fn scripted(mut self, script: impl Fn(&str, &Asked) -> Answer + Send + Sync + 'static) -> Self {
        self.network = Network::Scripted(Arc::new(script));
        self
    }

    /// Opens the network of this machine.
    #[must_use]
    pub fn with_network(mut self) -> Self {
        self.network = Network::Real;
        self
    }

    /// Refuses memory beyond `limit` bytes, all parts of the composition together.
    #[must_use]
    pub fn limited(mut self, limit: usize) -> Self {
        self.memory = MemoryMeter::limited(limit);
        self
    }

    /// The most linear memory that any request so far used, in bytes.
    pub fn memory(&self) -> usize {
        *self.peak.lock().unwrap()
    }

    /// What the guest wrote to standard error so far.
    pub fn stderr(&self) -> String {
        let pipes = self.stderr.lock().unwrap();
        pipes.iter().map(|pipe| String::from_utf8_lossy(&pipe.contents()).into_owned()).collect()
    }

    /// Sends a request. An error is a trap, the end of the fuel, or a guest that never answers.
    pub fn try_send(&self, request: Request<Vec<u8>>) -> Result<Reply> {
        self.try_send_watched(request, || {})
    }

    /// As [`Service::try_send`], and calls `begun` as soon as the first bytes of the reply's body are there.
    pub fn try_send_watched(&self, request: Request<Vec<u8>>, begun: impl FnOnce()) -> Result<Reply> {
        let stderr = MemoryOutputPipe::new(1 << 20);
        self.stderr.lock().unwrap().push(stderr.clone());
        let store = self.store(stderr)?;
        RUNTIME.block_on(async {
            let exchange = exchange(store, request, begun);
            let (reply, memory) = tokio::time::timeout(PATIENCE, exchange).await??;
            let mut peak = self.peak.lock().unwrap();
            *peak = memory.max(*peak);
            Ok(reply)
        })
    }

    fn store(&self, stderr: MemoryOutputPipe) -> Result<Store<Host>> {
        let mut wasi = WasiCtx::builder();
        wasi.envs(&self.environment).stderr(stderr);
        let host = Host {
            table: ResourceTable::new(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            hooks: self.network.clone(),
            memory: self.memory,
        };
        let mut store = Store::new(&ENGINE, host);
        store.limiter(|host| &mut host.memory);
        store.set_fuel(FUEL)?;
        // Lets the clock of `PATIENCE` and the origin's side run while the guest computes.
        store.fuel_async_yield_interval(Some(50_000_000))?;
        Ok(store)
    }
}

impl Server for Service {
    fn send(&self, request: Request<Vec<u8>>) -> Reply {
        self.try_send(request).unwrap_or_else(|error| panic!("the service failed: {error:?}"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- standard error of the guest\n{}---", self.stderr());
        }
    }
}

/// The component, linked with all that `wasmtime serve -Scli` offers.
static LINKED: LazyLock<ProxyPre<Host>> = LazyLock::new(|| {
    let mut linker = Linker::new(&ENGINE);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).unwrap();
    let linked = linker.instantiate_pre(&TINTYPE).expect("the service imports what hosts offer");
    ProxyPre::new(linked).expect("the service exports wasi:http/incoming-handler")
});

/// The reply, and the memory that it took.
async fn exchange(
    mut store: Store<Host>,
    request: Request<Vec<u8>>,
    begun: impl FnOnce(),
) -> Result<(Reply, usize)> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let request = store.data_mut().http().new_incoming_request(Scheme::Http, request.map(Chunks::new))?;
    let out = store.data_mut().http().new_response_outparam(sender)?;
    let task = tokio::spawn(async move {
        let proxy = LINKED.instantiate_async(&mut store).await?;
        proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await?;
        Result::<_>::Ok(store.data().memory.used())
    });
    match receiver.await {
        // The body comes first: the guest waits for the reader.
        Ok(Ok(response)) => match Reply::collect_watched(response, begun).await {
            Ok(reply) => Ok((reply, task.await??)),
            Err(error) => {
                task.await??;
                Err(error.into())
            }
        },
        Ok(Err(code)) => Err(code.into()),
        Err(_) => {
            task.await??;
            wasmtime::bail!("the guest returned without an answer")
        }
    }
}

struct Host {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Network,
    memory: MemoryMeter,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.hooks }
    }
}

type Sent = Result<(hyper::Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

impl WasiHttpHooks for Network {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        match self.clone() {
            Self::None => Box::new(async { Err(Error::ConnectionRefused) }),
            Self::Scripted(script) => {
                Box::new(async move { Ok((scripted(&*script, &request, options)?, settled())) })
            }
            Self::Real => Box::new(async move {
                let (response, io) = default_send_request(request, options).await?;
                let io: Box<dyn Future<Output = Result<(), Error>> + Send> = Box::new(io);
                Ok((response.map(|body| body.boxed_unsync()), io))
            }),
        }
    }
}

fn settled() -> Box<dyn Future<Output = Result<(), Error>> + Send> {
    Box::new(async { Ok(()) })
}

fn scripted(
    script: &(dyn Fn(&str, &Asked) -> Answer + Send + Sync),
    request: &Request<WasiBody>,
    options: Option<RequestOptions>,
) -> Result<hyper::Response<WasiBody>, Error> {
    let uri = request.uri();
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(Error::HttpRequestUriInvalid);
    };
    let header = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let asked = Asked {
        method: request.method().to_string(),
        path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        headers: request.headers().iter().map(header).collect(),
        options,
    };
    let answer = script(&format!("{scheme}://{authority}"), &asked);
    let mut response = hyper::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let body = Bytes::from(answer.body);
    let body = match answer.held_back {
        Some((bytes, gate)) => Chunks::held_back(body, bytes, gate.opened()),
        None => Chunks::new(body),
    };
    let body = body.map_err(Error::from).boxed_unsync();
    Ok(response.body(body).expect("a script makes valid answers"))
}
