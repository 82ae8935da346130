//! Any configuration and any samples make a file that an independent decoder reads, of the size that was asked for; and
//! the batching of rows does not change it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tintype_jpeg::encode::{Components, Effort, Encoder, EncoderConfig, QuantTables, Subsampling};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

/// A configuration from the first bytes, the rest as samples: repeated until there are enough.
fn configuration(&[width, height, quality, modes, batch]: &[u8; 5]) -> (EncoderConfig, usize) {
    let config = EncoderConfig {
        components: if modes & 1 == 0 { Components::YCbCr } else { Components::Gray },
        subsampling: [Subsampling::S444, Subsampling::S422, Subsampling::S420][usize::from(modes >> 1 & 3) % 3],
        effort: [Effort::Fast, Effort::Default, Effort::Best][usize::from(modes >> 3 & 3) % 3],
        progressive: modes & 0x20 != 0,
        tables: if modes & 0x40 == 0 { QuantTables::Tuned } else { QuantTables::AnnexK },
        quality: quality % 100 + 1,
        ..EncoderConfig::new(u32::from(width % 72) + 1, u32::from(height % 72) + 1)
    };
    (config, usize::from(batch % 40) + 1)
}

fn encode(config: EncoderConfig, samples: &[u8], row: usize, batch: usize) -> Vec<u8> {
    let gray = config.components == Components::Gray;
    let predicted = config.predicted_memory();
    let mut encoder = Encoder::new(config).expect("the configuration is in range");
    let mut file = vec![];
    for rows in samples.chunks(row * batch) {
        if gray { encoder.write_gray(rows) } else { encoder.write_rgb(rows) }.expect("the rows are whole");
        file.append(&mut encoder.take_output());
        assert!(encoder.memory() <= predicted);
    }
    encoder.finish().expect("all rows are there");
    file.append(&mut encoder.take_output());
    file
}

fuzz_target!(|data: &[u8]| {
    let Some((head, seed)) = data.split_first_chunk() else { return };
    let (config, batch) = configuration(head);
    let row = config.width as usize * if config.components == Components::Gray { 1 } else { 3 };
    let length = row * config.height as usize;
    let samples: Vec<u8> = seed.iter().copied().chain([128]).cycle().take(length).collect();

    let size = (config.width as usize, config.height as usize);
    let file = encode(config.clone(), &samples, row, batch);
    assert!(file == encode(config, &samples, row, size.1), "batches of {batch} rows make another file");

    let mut decoder = JpegDecoder::new(ZCursor::new(&file));
    decoder.decode().expect("the file is sound");
    assert_eq!(decoder.dimensions(), Some(size));
});
