//! Writes the seeds of every target: `cargo run -p wayseal-fuzz --example seeds -- FOLDER` makes `FOLDER/TARGET/NUMBER`.

use std::path::Path;
use std::{env, fs, io};

use wayseal_fuzz::{TARGETS, seeds};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).unwrap_or_else(|| "target/fuzz-seeds".into());
    let mut count = 0;
    for (target, _) in TARGETS {
        let folder = Path::new(&folder).join(target);
        fs::create_dir_all(&folder)?;
        for (number, seed) in seeds::of(target).into_iter().chain(seeds::vectors(target)).enumerate() {
            fs::write(folder.join(format!("{number:03}")), seed)?;
            count += 1;
        }
    }
    eprintln!("{count} seeds for {} targets", TARGETS.len());
    Ok(())
}
