//! Prints which engines made what is recorded, by format of the source: `matrix <folder of results>`.

use std::collections::BTreeMap;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("usage: matrix <folder of results>"));
    let recorded = conformance::recorded();
    let family = |source: &str| source.split('-').next().unwrap_or_default().to_owned();
    let mut total = BTreeMap::new();
    for (source, _) in &recorded {
        *total.entry(family(source)).or_insert(0) += 1;
    }
    let width = 32;
    print!("{:width$}", "engine");
    total.keys().for_each(|family| print!("{family:>12}"));
    println!("{:>12}", "all");

    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    let mut differs = false;
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let mut same = BTreeMap::new();
        for ((source, expected), made) in recorded.iter().zip(text.lines()) {
            *same.entry(family(source)).or_insert(0) += usize::from(expected == made);
        }
        let name = file.file_stem().unwrap_or_default().to_string_lossy().replace('_', " ");
        print!("{name:width$}");
        for (family, total) in &total {
            print!("{:>12}", format!("{}/{total}", same.get(family).unwrap_or(&0)));
        }
        let all: usize = same.values().sum();
        println!("{:>12}", format!("{all}/{}", recorded.len()));
        differs |= all != recorded.len();
    }
    if differs {
        eprintln!("an engine makes other bytes than conformance/vectors.json records");
        std::process::exit(1);
    }
    Ok(())
}
