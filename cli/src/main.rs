//! The `wayseal` command.

fn main() {}
