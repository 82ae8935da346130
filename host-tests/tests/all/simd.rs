//! Holds the compiler to the meaning of the SIMD instructions that kernels rely on (see `guests/simd-guard`).

use host_tests::dist;
use host_tests::engine::{ENGINE, FUEL};
use wasmtime::{Instance, Module, Store};

#[test]
fn clamping_before_narrowing_from_16_to_8_bits_is_kept() {
    let lanes = [0u16, 1, 254, 255, 256, 0x7fff, 0x8000, 0xffff];
    for turn in 0..lanes.len() {
        let mut lanes = lanes;
        lanes.rotate_left(turn);
        let [low, high] = [&lanes[..4], &lanes[4..]]
            .map(|half| half.iter().rev().fold(0u64, |bits, lane| bits << 16 | u64::from(*lane)));
        let expected = lanes.map(|lane| lane.min(255) as u8);
        assert_eq!(call("narrow_16_to_8", low, high).to_le_bytes(), expected, "{lanes:x?}");
    }
}

#[test]
fn clamping_before_narrowing_from_32_to_16_bits_is_kept() {
    let lanes = [65_534u32, 65_536, 0x8000_0000, 0xffff_ffff, 0, 65_535, 0x7fff_ffff, 1];
    for turn in 0..lanes.len() {
        let mut lanes = lanes;
        lanes.rotate_left(turn);
        let [a, b, c, d, ..] = lanes.map(u64::from);
        let result = call("narrow_32_to_16", b << 32 | a, d << 32 | c).to_le_bytes();
        let expected = [a, b, c, d].map(|lane| lane.min(65_535) as u16);
        let narrowed: Vec<u16> = result.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        assert_eq!(narrowed, expected, "{lanes:x?}");
    }
}

fn call(name: &str, low: u64, high: u64) -> i64 {
    let module = Module::from_file(&ENGINE, dist::path("guests/simd-guard.wasm")).unwrap();
    let mut store = Store::new(&ENGINE, ());
    store.set_fuel(FUEL).unwrap();
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let function = instance.get_typed_func::<(i64, i64), i64>(&mut store, name).unwrap();
    function.call(&mut store, (low.cast_signed(), high.cast_signed())).unwrap()
}
