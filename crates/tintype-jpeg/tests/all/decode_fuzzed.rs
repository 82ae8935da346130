//! Inputs that the fuzzer found to reach different code, minimised: each must give an image or an error, the same for
//! every chunking. `data/fuzzed.bin` holds them one after the other, each after its length in two bytes; as in the fuzz
//! target, an input's last two bytes choose scale and chunk size.

use crate::common::*;
use tintype_jpeg::decode::Scale;

#[test]
fn fuzzed_inputs_give_the_same_result_for_every_chunking() {
    let mut rest = &include_bytes!("../data/fuzzed.bin")[..];
    let mut images = 0;
    while let Some((length, after)) = rest.split_first_chunk() {
        let (input, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
        rest = after;
        let &[ref file @ .., choice, size] = input else { continue };
        // Some claim to be huge, and would only take long.
        if read_header(file).is_ok_and(|header| header.width * header.height > 1 << 20) {
            continue;
        }
        let scale = Scale::eighths(choice % 8 + 1).unwrap();
        let result = |chunk: usize| {
            decode_chunked(file, scale, &[chunk], roomy()).map(|decoded| (decoded.image.data, decoded.flaw))
        };
        let whole = result(usize::MAX);
        assert!(whole == result(usize::from(size) + 1));
        images += usize::from(whole.is_ok());
    }
    assert!(images > 10, "{images}");
}
