//! Grammars: each turns a URL into an [`ImageRequest`], and back.
//!
//! A grammar is a table of [`Parameter`](parameter::Parameter)s and two functions. `read` makes a request of a target (path
//! and query); `write` makes a target of a request. [`Grammar::write`] reads back what was written: whatever a grammar
//! has no words for shows as a difference and is reported instead of being lost.

mod adjust;
pub mod cloudflare;
mod dialect;
pub mod imgproxy;
pub mod info;
pub mod ipx;
pub mod nextjs;
pub mod parameter;
mod position;
pub mod query;
pub mod text;
pub mod value;
pub mod wsrv;

#[cfg(test)]
mod tests;

use tintype_types::names;

use crate::failure::Result;
use crate::request::ImageRequest;
use imgproxy::Presets;

/// A grammar of URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// tintype's own, at `/`.
    Query,
    /// imgproxy's, at `/{signature}/…`.
    Imgproxy,
    /// That of imgproxy's descriptions, at `/info/{signature}/…`.
    Info,
    /// Cloudflare's, at `/cdn-cgi/image/…`.
    Cloudflare,
    /// wsrv.nl's, at `/wsrv/`.
    Wsrv,
    /// The image optimizer of Next.js, at `/_next/image`.
    Nextjs,
    /// IPX, of Nuxt, at `/_ipx/…`.
    Ipx,
}

names! {
    Grammar {
        Query = "query",
        Imgproxy = "imgproxy",
        Info = "info",
        Cloudflare = "cloudflare",
        Wsrv = "wsrv",
        Nextjs = "nextjs",
        Ipx = "ipx",
    }
}

impl Grammar {
    /// The grammar of a path.
    pub fn of_path(path: &str) -> Option<Self> {
        if path == "/" {
            Some(Self::Query)
        } else if path.starts_with(cloudflare::PREFIX) {
            Some(Self::Cloudflare)
        } else if matches!(path, "/wsrv" | "/wsrv/") || wsrv::signed_link(path).is_some() {
            Some(Self::Wsrv)
        } else if path == nextjs::PATH {
            Some(Self::Nextjs)
        } else if path.starts_with(ipx::PREFIX) {
            Some(Self::Ipx)
        } else if path.starts_with(info::PREFIX) {
            Some(Self::Info)
        } else {
            // A signature and a text that it signs.
            path.strip_prefix('/')?.contains('/').then_some(Self::Imgproxy)
        }
    }

    /// Reads a target (path and query, without a signature in its query), with the source in the URL, or in the body of
    /// a `POST`.
    ///
    /// # Errors
    ///
    /// A failure of the kind `UnknownParameter`, `InvalidParameter`, `Unsupported` or `InvalidSource`.
    pub fn read(self, target: &str, source_in_body: bool, presets: &Presets) -> Result<ImageRequest> {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        match self {
            Self::Query => query::read(query, source_in_body),
            Self::Imgproxy => imgproxy::read(target, presets),
            Self::Info => info::read(target),
            Self::Cloudflare => cloudflare::read(target),
            Self::Wsrv => wsrv::read(query),
            Self::Nextjs => nextjs::read(query),
            Self::Ipx => ipx::read(target),
        }
    }

    /// Writes a request in this grammar, unsigned.
    ///
    /// # Errors
    ///
    /// The first option that the grammar has no words for, such as `fit=outside`.
    pub fn write(self, request: &ImageRequest) -> Result<String, Unsayable> {
        let target = match self {
            Self::Query => format!("/?{}", query::write(request)),
            Self::Imgproxy => imgproxy::write(request),
            Self::Info => info::write(request),
            Self::Cloudflare => cloudflare::write(request),
            Self::Wsrv => wsrv::write(request),
            Self::Nextjs => nextjs::write(request),
            Self::Ipx => ipx::write(request),
        };
        let meant = request.normalized();
        match self.read(&target, false, &Presets::new()) {
            Ok(read) => match query::first_difference(&meant, &read.normalized()) {
                None => Ok(target),
                Some(option) => Err(Unsayable(option)),
            },
            Err(failure) => Err(Unsayable(failure.message().into())),
        }
    }
}

/// What a grammar has no words for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsayable(pub String);

impl std::fmt::Display for Unsayable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsayable {}
