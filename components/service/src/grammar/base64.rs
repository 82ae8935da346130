//! Base64 as URLs use it (RFC 4648, section 5): `-` and `_`, without padding.

use crate::prelude::*;
use crate::text;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes bytes, without padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut push = |digit: u32| out.push(ALPHABET.get(digit as usize & 63).copied().map_or('A', char::from));
    // The last of `bits` have not been written yet.
    let (mut bits, mut count) = (0, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 6 {
            count -= 6;
            push(bits >> count);
        }
    }
    if count > 0 {
        push(bits << (6 - count));
    }
    out
}

/// Decodes text; padding may follow it. `None` if it is not base64, or if bits are set that mean nothing.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    // The last of `bits` do not make a byte yet.
    let (mut bits, mut count) = (0, 0);
    for digit in text::trim_end(text, "=").bytes() {
        bits = bits << 6 | ALPHABET.iter().position(|known| *known == digit)?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    // One digit alone holds no whole byte.
    (bits == 0 && count < 6).then_some(out)
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
