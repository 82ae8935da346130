//! Base64 as URLs use it (RFC 4648, section 5): `-` and `_`, without padding.

use crate::prelude::*;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes bytes, without padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let number =
            group.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for digit in 0..=group.len() {
            let index = (number >> (18 - 6 * digit) & 63) as usize;
            out.push(ALPHABET.get(index).copied().map_or('A', char::from));
        }
    }
    out
}

/// Decodes text; padding may follow it. `None` if it is not base64, or if bits are set that mean nothing.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').as_bytes();
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.chunks(4) {
        let mut number = 0u32;
        for digit in group {
            number = number << 6 | u32::try_from(ALPHABET.iter().position(|known| known == digit)?).ok()?;
        }
        number <<= 6 * (4 - group.len());
        let bytes = number.to_be_bytes();
        // One digit alone holds no whole byte.
        let length = group.len().checked_sub(1).filter(|length| *length > 0)?;
        let (kept, lost) = bytes.get(1..)?.split_at_checked(length)?;
        if lost.iter().any(|byte| *byte != 0) {
            return None;
        }
        out.extend_from_slice(kept);
    }
    Some(out)
}

/// Decodes text that stands for text.
pub fn decode_text(text: &str) -> Option<String> {
    String::from_utf8(decode(text)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("~~~?", "fn5-Pw")]
        {
            assert_eq!(encode(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode("Zg==").as_deref(), Some(&b"f"[..]));
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for bad in ["Z", "Zm9vZ", "Z+==", "Zm 9v", "Zh", "Zm9=v"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
