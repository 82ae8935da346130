//! Fetching the watermark that a request asks for.

use std::sync::Arc;

use crate::failure::{Failure, Kind, Result};
use crate::fetch::{Conditions, Fetched, Fetcher};
use crate::host::Host;
use crate::input::{Bounds, Input, Sender};
use crate::request::{Watermark, WatermarkImage};
use crate::source::ResolvedSource;

/// The most bytes that a watermark may have.
const LARGEST: u64 = 8 << 20;

/// The bytes of a watermark.
pub(crate) struct Mark {
    /// The encoded image.
    pub(crate) image: Arc<[u8]>,
    /// A hash of it.
    pub(crate) hash: u64,
}

/// Fetches a watermark, if there is one to be seen. Its URL is judged like that of a source.
///
/// # Errors
///
/// Why there is none, although the request asks for one.
pub(crate) async fn fetch<H: Host>(
    fetcher: &Fetcher<'_, H>,
    watermark: &Watermark,
    bounds: Bounds,
) -> Result<Option<Mark>> {
    let config = fetcher.config;
    let source = match watermark.normalized().image {
        None => return Ok(None),
        Some(WatermarkImage::Url(text)) => config.sources.resolve(&text)?,
        Some(WatermarkImage::Configured) => {
            let url = config.watermark.clone().ok_or_else(|| {
                Failure::new(Kind::InvalidParameter, "there is no watermark")
                    .with_detail("TINTYPE_WATERMARK is not set")
            })?;
            ResolvedSource { url, alias: None, named_by_client: false }
        }
    };
    let Fetched { headers, body } = fetcher.fetch(&source, &Conditions::default()).await?;
    let Some(body) = body else { return Ok(None) };
    let bounds = Bounds { bytes: bounds.bytes.min(LARGEST), ..bounds };
    let mut input = Input::new(fetcher.host, body, &headers, Sender::Origin, bounds)?;
    let mut bytes = Vec::new();
    while let Some(piece) = input.next().await? {
        bytes.extend_from_slice(&piece);
    }
    // Turned, so that a source that is its own watermark has a tag of its own.
    Ok(Some(Mark { hash: input.hash().rotate_left(32) ^ 1, image: bytes.into() }))
}
