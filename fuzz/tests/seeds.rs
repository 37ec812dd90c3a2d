//! Every seed keeps its target's promise, and there are enough of them to start from.

use std::fs;
use std::path::{Path, PathBuf};

use wayseal_fuzz::{TARGETS, seeds};

#[test]
fn every_target_has_seeds_and_all_of_them_keep_its_promise() {
    let mut count = 0;
    for (name, target) in TARGETS {
        let own = seeds::of(name);
        assert!(own.len() >= 30, "{name} has {} seeds", own.len());
        count += own.len();
        own.iter().chain(&seeds::vectors(name)).for_each(|seed| target(seed));
    }
    assert!(count >= 500, "{count} seeds in all");
}

#[test]
fn every_seed_in_the_repository_keeps_its_target_s_promise() {
    for (name, target) in TARGETS {
        for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)) {
            target(&fs::read(&path).expect("a seed can be read"));
        }
    }
}

#[test]
fn every_target_has_a_binary_and_every_binary_a_target() {
    let mut binaries: Vec<String> = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets"))
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let mut targets: Vec<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    binaries.sort();
    targets.sort();
    assert_eq!(binaries, targets);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}
