//! `wayseal completions`.

use anyhow::Result;
use clap::Args;
use clap_complete::Shell;

use crate::exit::Outcome;
use crate::output::Output;

/// Print the completion script of a shell
///
/// For bash: `wayseal completions bash > ~/.local/share/bash-completion/completions/wayseal`
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::command(), "wayseal", &mut script);
        output.text(&String::from_utf8_lossy(&script))?;
        Ok(Outcome::Success)
    }
}
