//! The hashes that URLs are signed with: SHA-256 (FIPS 180-4), HMAC (RFC 2104) and MD5 (RFC 1321), which is too weak for
//! anything but the links that wsrv signs with it.
//!
//! They are written here, in rounds, as those in crates are unrolled for speed: five kilobytes of code for a few hundred
//! bytes of URL.

/// `HMAC-SHA256`: `H(key ⊕ opad ‖ H(key ⊕ ipad ‖ message))`, where the key is as long as a block.
pub fn hmac(key: &[u8], message: &[&[u8]]) -> Vec<u8> {
    let mut key = if key.len() > BLOCK { sha256(key) } else { key.to_vec() };
    while key.len() < BLOCK {
        key.push(0);
    }
    let mut code = join(message);
    for pad in [0x36, 0x5c] {
        let mut padded = Vec::new();
        for byte in &key {
            padded.push(byte ^ pad);
        }
        padded.append(&mut code);
        code = sha256(&padded);
    }
    code
}

/// The parts of a message one behind the other.
fn join(parts: &[&[u8]]) -> Vec<u8> {
    let mut message = Vec::new();
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}

/// Bytes of a block, of either hash.
const BLOCK: usize = 64;

/// A message in whole blocks: a one bit, zeros, and the message's length in bits.
fn pad(message: &[u8], length: [u8; 8]) -> Vec<u8> {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % BLOCK != BLOCK - length.len() {
        padded.push(0);
    }
    padded.extend_from_slice(&length);
    padded
}

fn bits(message: &[u8]) -> u64 {
    message.len() as u64 * 8
}

fn add(state: &mut [u32], mixed: &[u32]) {
    let mut mixed = mixed.iter();
    for word in state {
        *word = word.wrapping_add(mixed.next().copied().unwrap_or_default());
    }
}

/// The first 32 bits behind the points of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2).
#[rustfmt::skip]
const CUBE_ROOTS: [u32; 64] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
];

/// The SHA-256 digest of a message.
pub fn sha256(message: &[u8]) -> Vec<u8> {
    // The same of the square roots of the first eight (section 5.3.3).
    let mut state = [
        0x6A09_E667,
        0xBB67_AE85,
        0x3C6E_F372,
        0xA54F_F53A,
        0x510E_527F,
        0x9B05_688C,
        0x1F83_D9AB,
        0x5BE0_CD19,
    ];
    for block in pad(message, bits(message).to_be_bytes()).chunks(BLOCK) {
        mix_sha256(&mut state, block);
    }
    let mut digest = Vec::new();
    for word in state {
        digest.extend_from_slice(&word.to_be_bytes());
    }
    digest
}

/// Mixes a block into the state (FIPS 180-4, section 6.2.2).
fn mix_sha256(state: &mut [u32; 8], block: &[u8]) {
    let mut words = [0; 16];
    for bytes in block.as_chunks().0 {
        push(&mut words, u32::from_be_bytes(*bytes));
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for constant in CUBE_ROOTS {
        // The words for this step and the next fifteen, of which these make the sixteenth.
        let [word, near, _, _, _, _, _, _, _, middle, _, _, _, _, far, _] = words;
        let sum = h
            .wrapping_add(turns(e, 6, 11, 25))
            .wrapping_add(e & f ^ !e & g)
            .wrapping_add(constant)
            .wrapping_add(word);
        let other = turns(a, 2, 13, 22).wrapping_add(a & b ^ a & c ^ b & c);
        (h, g, f, e) = (g, f, e, d.wrapping_add(sum));
        (d, c, b, a) = (c, b, a, sum.wrapping_add(other));

        let near = near.rotate_right(7) ^ near.rotate_right(18) ^ near >> 3;
        let far = far.rotate_right(17) ^ far.rotate_right(19) ^ far >> 10;
        push(&mut words, word.wrapping_add(near).wrapping_add(middle).wrapping_add(far));
    }
    add(state, &[a, b, c, d, e, f, g, h]);
}

/// Adds a word behind the others, in place of the first.
fn push(words: &mut [u32; 16], word: u32) {
    words.copy_within(1.., 0);
    let [.., last] = words;
    *last = word;
}

fn turns(word: u32, first: u32, second: u32, third: u32) -> u32 {
    word.rotate_right(first) ^ word.rotate_right(second) ^ word.rotate_right(third)
}

/// `floor(2³² · |sin(i + 1)|)`, `i` in radians (RFC 1321, section 3.4).
#[rustfmt::skip]
const SINES: [u32; 64] = [
    0xD76A_A478, 0xE8C7_B756, 0x2420_70DB, 0xC1BD_CEEE, 0xF57C_0FAF, 0x4787_C62A, 0xA830_4613, 0xFD46_9501,
    0x6980_98D8, 0x8B44_F7AF, 0xFFFF_5BB1, 0x895C_D7BE, 0x6B90_1122, 0xFD98_7193, 0xA679_438E, 0x49B4_0821,
    0xF61E_2562, 0xC040_B340, 0x265E_5A51, 0xE9B6_C7AA, 0xD62F_105D, 0x0244_1453, 0xD8A1_E681, 0xE7D3_FBC8,
    0x21E1_CDE6, 0xC337_07D6, 0xF4D5_0D87, 0x455A_14ED, 0xA9E3_E905, 0xFCEF_A3F8, 0x676F_02D9, 0x8D2A_4C8A,
    0xFFFA_3942, 0x8771_F681, 0x6D9D_6122, 0xFDE5_380C, 0xA4BE_EA44, 0x4BDE_CFA9, 0xF6BB_4B60, 0xBEBF_BC70,
    0x289B_7EC6, 0xEAA1_27FA, 0xD4EF_3085, 0x0488_1D05, 0xD9D4_D039, 0xE6DB_99E5, 0x1FA2_7CF8, 0xC4AC_5665,
    0xF429_2244, 0x432A_FF97, 0xAB94_23A7, 0xFC93_A039, 0x655B_59C3, 0x8F0C_CC92, 0xFFEF_F47D, 0x8584_5DD1,
    0x6FA8_7E4F, 0xFE2C_E6E0, 0xA301_4314, 0x4E08_11A1, 0xF753_7E82, 0xBD3A_F235, 0x2AD7_D2BB, 0xEB86_D391,
];

/// By how many bits each of the four rounds of MD5 rotates, in turn.
const ROTATIONS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// The MD5 digest of a message.
pub fn md5(message: &[&[u8]]) -> Vec<u8> {
    let message = &join(message);
    let mut state = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];
    for block in pad(message, bits(message).to_le_bytes()).chunks(BLOCK) {
        mix_md5(&mut state, block);
    }
    let mut digest = Vec::new();
    for word in state {
        digest.extend_from_slice(&word.to_le_bytes());
    }
    digest
}

/// Mixes a block into the state (RFC 1321, section 3.4).
fn mix_md5(state: &mut [u32; 4], block: &[u8]) {
    let (words, _) = block.as_chunks();
    let [mut a, mut b, mut c, mut d] = *state;
    for (step, sine) in SINES.iter().enumerate() {
        let round = step / 16;
        let (mixed, word) = match round {
            0 => (b & c | !b & d, step),
            1 => (b & d | c & !d, 5 * step + 1),
            2 => (b ^ c ^ d, 3 * step + 5),
            _ => (c ^ (b | !d), 7 * step),
        };
        let word = words.get(word % 16).copied().unwrap_or_default();
        let turns = ROTATIONS.get(round).and_then(|turns| turns.get(step % 4)).copied().unwrap_or_default();
        let sum = a.wrapping_add(mixed).wrapping_add(*sine).wrapping_add(u32::from_le_bytes(word));
        (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(turns)));
    }
    add(state, &[a, b, c, d]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    fn hexadecimal(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| text::hexadecimal((*byte).into(), 2)).collect()
    }

    /// Messages of the standard's examples, and lengths around the end of a block.
    #[test]
    fn sha256_is_as_the_standard_has_it() {
        for (message, known) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
            (&"a".repeat(55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
            (&"a".repeat(64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
            (&"a".repeat(1000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
        ] {
            assert_eq!(hexadecimal(&sha256(message.as_bytes())), known, "{message}");
        }
    }

    /// RFC 4231, sections 4.3 and 4.7: a short key, and one that is longer than a block.
    #[test]
    fn hmac_is_as_the_standard_has_it() {
        for (key, message, known) in [
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hexadecimal(&hmac(&key, &[message.as_bytes()])), known, "{message}");
        }
    }

    /// The test suite of RFC 1321, section A.5.
    #[test]
    fn md5_is_as_the_standard_has_it() {
        for (message, known) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            (
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                "d174ab98d277d9f5a5611c2c9f419d9f",
            ),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a",
            ),
        ] {
            assert_eq!(hexadecimal(&md5(&[message.as_bytes()])), known, "{message}");
        }
    }
}
