//! Holds the compiler to the meaning of the SIMD instructions that kernels rely on (see `guests/simd-guard`).

use host_tests::dist;
use host_tests::engine::{ENGINE, FUEL};
use wasmtime::{Instance, Module, Store};

#[test]
fn clamping_before_narrowing_from_16_to_8_bits_is_kept() {
    let mut lanes = [
        0u16, 1, 2, 254, 255, 256, 257, 0x7ffe, 0x7fff, 0x8000, 0x8001, 0x80ff, 0xff00, 0xff01, 0xfffe,
        0xffff,
    ];
    for _ in 0..lanes.len() {
        lanes.rotate_left(1);
        let bytes = lanes.map(u16::to_le_bytes).concat();
        assert_eq!(call("narrow_16_to_8", &bytes), lanes.map(|lane| lane.min(255) as u8), "{lanes:x?}");
    }
}

#[test]
fn clamping_before_narrowing_from_32_to_16_bits_is_kept() {
    let mut lanes = [0u32, 1, 65_534, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    for _ in 0..lanes.len() {
        lanes.rotate_left(1);
        let bytes = lanes.map(u32::to_le_bytes).concat();
        let expected = lanes.map(|lane| lane.min(65_535) as u16);
        let narrowed: Vec<u16> = call("narrow_32_to_16", &bytes)
            .as_chunks()
            .0
            .iter()
            .map(|pair| u16::from_le_bytes(*pair))
            .collect();
        assert_eq!(narrowed, expected, "{lanes:x?}");
    }
}

/// What a function of the guest makes of 32 bytes of lanes.
fn call(name: &str, lanes: &[u8]) -> [u8; 16] {
    let module = Module::from_file(&ENGINE, dist::path("guests/simd-guard.wasm")).unwrap();
    let mut store = Store::new(&ENGINE, ());
    store.set_fuel(FUEL).unwrap();
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let function = instance.get_typed_func::<(i64, i64, i64, i64, i32), i64>(&mut store, name).unwrap();
    let [a, b, c, d] = lanes.as_chunks().0 else { panic!("32 bytes, not {}", lanes.len()) };
    let [a, b, c, d] = [a, b, c, d].map(|quarter| i64::from_le_bytes(*quarter));
    let halves = [0, 1].map(|upper| function.call(&mut store, (a, b, c, d, upper)).unwrap().to_le_bytes());
    halves.concat().try_into().unwrap()
}
