//! Who is told of each check as it is made.
//!
//! There is one pipeline of checks. Verification runs it with [`Silent`], which compiles away; `wayseal explain`
//! runs the same pipeline with a [`Trace`]. A watching observer also switches off remembered verdicts, so that
//! the whole chain is walked again and shown.

use crate::refusal::Refusal;
use crate::rule::Rule;

/// Is told of every check in the order made.
pub trait Observer {
    /// Whether anybody looks: then nothing is skipped because it was checked before.
    fn watches(&self) -> bool;

    /// A check was made. `compared` says what was held against what; it is called only by those who look.
    fn checked(&mut self, rule: Rule, compared: impl FnOnce() -> String, outcome: Result<(), &Refusal>);

    /// Passes a result on, and tells of it.
    ///
    /// # Errors
    /// `result`'s own.
    #[inline]
    fn note<T>(
        &mut self,
        rule: Rule,
        compared: impl FnOnce() -> String,
        result: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.checked(rule, compared, result.as_ref().map(|_| ()));
        result
    }
}

/// Nobody looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    #[inline]
    fn watches(&self) -> bool {
        false
    }

    #[inline]
    fn checked(&mut self, _: Rule, _: impl FnOnce() -> String, _: Result<(), &Refusal>) {}
}

/// Writes every check down.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    steps: Vec<Step>,
}

/// One check that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which check.
    pub rule: Rule,
    /// What was held against what.
    pub compared: String,
    /// `None` when it passed, else why not.
    pub refusal: Option<Refusal>,
}

impl Trace {
    /// An empty record.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The checks in the order made; a refusal is the last.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Observer for Trace {
    fn watches(&self) -> bool {
        true
    }

    fn checked(&mut self, rule: Rule, compared: impl FnOnce() -> String, outcome: Result<(), &Refusal>) {
        self.steps.push(Step { rule, compared: compared(), refusal: outcome.err().cloned() });
    }
}
