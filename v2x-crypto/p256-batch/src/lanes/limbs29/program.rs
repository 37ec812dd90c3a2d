//! How the AVX2 kernel's assembly is made: programs, which are lists of instructions.
//!
//! A program can be written down as assembly ([`Program::text`]) and carried out on anything that acts like a word
//! ([`Machine`]): on integers, to see that it computes what it should, and on intervals, to see that nothing overflows for any
//! operands. So what is proved and what runs are one list.
//!
//! Nine registers hold the sums of a product, column by column; as each row of the product clears its lowest column, that
//! column's register becomes the top column of the next row. One register has the row's factor, four are for what is on its way,
//! two for constants. The other operands come from memory, which costs no further instruction.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

use super::constants::{self, LESS_SUM_AT, LESS_X_AT, LESS_Y_AT};
use super::place;

/// Where an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A register, by its number.
    Register(usize),
    /// So many words after where a pointer of this name points.
    Memory(&'static str, usize),
}

/// What an instruction does with `a` and, where it takes one, `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Copy,
    /// The product of the lower halves.
    Times,
    Add,
    Subtract,
    /// Adds lower to lower and upper to upper half.
    AddHalves,
    SubtractHalves,
    And,
    /// The lower half of `a` and the upper one of `b`.
    Interleave,
    /// Times a power of two, modulo 2^64.
    Up(u32),
    /// Divided by a power of two.
    Down(u32),
    /// The upper half, twice.
    CopyUpper,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Instruction {
    pub(crate) operation: Operation,
    pub(crate) to: Place,
    pub(crate) a: Place,
    pub(crate) b: Option<Place>,
}

/// Instructions, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Program {
    instructions: Vec<Instruction>,
    temporaries: usize,
}

/// The factor of a row.
const ROW: Place = Place::Register(9);
const FIRST_TEMPORARY: usize = 10;
const TEMPORARIES: usize = 4;
const LIMB: Place = Place::Register(14);
const P8: Place = Place::Register(15);

/// The pointer to the constants.
pub(crate) const CONSTANTS: &str = "constants";

const fn constant(index: usize) -> Place {
    Place::Memory(CONSTANTS, index)
}

/// The register that sums a column of the product.
const fn column(column: usize) -> Place {
    Place::Register(column % 9)
}

/// A program, made anew at each call.
pub(crate) type Make = fn() -> Program;

/// Every program: its name, which is that of its file and of its function, and the function's parameters.
pub(crate) const ALL: [(&str, Make, &[&str]); 7] = [
    ("multiply", multiply, &["to", "a", "b"]),
    ("square", square, &["to", "a"]),
    ("forward", forward, &["product", "after", "d"]),
    ("forward_difference", forward_difference, &["product", "after", "d", "x2", "x1"]),
    ("slope", slope, &["inverse", "numerator", "y2", "y1"]),
    ("abscissa", abscissa, &["x", "across", "slope", "d"]),
    ("ordinate", ordinate, &["y", "slope", "across"]),
];

/// Where a function of the System V ABI finds its parameters.
const PARAMETERS: [&str; 5] = ["rdi", "rsi", "rdx", "rcx", "r8"];

/// `to` = `a`·`b`, wide; `to` may be `a`.
fn multiply() -> Program {
    let mut program = Program::begin();
    program.product("a", |program, row| program.load_row("b", row));
    program.carry();
    program.store_wide("to");
    program
}

/// `to` = `a`², wide.
fn square() -> Program {
    let mut program = Program::begin();
    program.squared("a");
    program.carry();
    program.store_wide("to");
    program
}

/// `product` = `product`·`d`, wide; `after` = the same, packed.
fn forward() -> Program {
    let mut program = Program::begin();
    program.product("product", |program, row| program.load_row("d", row));
    program.carry();
    program.store_both("product", "after");
    program
}

/// `d` = `x2` − `x1`; `product` = `product`·`d`, wide; `after` = the same, packed.
fn forward_difference() -> Program {
    let mut program = Program::begin();
    program.product("product", |program, row| program.load_difference(["x2", "x1"], LESS_X_AT, "d", row));
    program.carry();
    program.store_both("product", "after");
    program
}

/// `inverse` = `inverse`·(`y2` − `y1`), wide; `numerator` is scratch.
fn slope() -> Program {
    let mut program = Program::begin();
    program.product("inverse", |program, row| {
        program.load_difference(["y2", "y1"], LESS_Y_AT, "numerator", row)
    });
    program.carry();
    program.store_wide("inverse");
    program
}

/// `x` = `slope`² − 2·`x` − `d`, and `across` = the old `x` less the new one.
fn abscissa() -> Program {
    let mut program = Program::begin();
    program.squared("slope");
    program.add_less(LESS_SUM_AT, &["x", "x", "d"]);
    program.fold();
    program.carry();
    program.pack(|program, word, packed| {
        let across = program.temporary();
        program.unary(Operation::Copy, across, Place::Memory("x", word));
        program.binary(Operation::AddHalves, across, across, constant(LESS_X_AT + word));
        program.binary(Operation::SubtractHalves, across, across, packed);
        program.unary(Operation::Copy, Place::Memory("across", word), across);
        program.unary(Operation::Copy, Place::Memory("x", word), packed);
    });
    program
}

/// `y` = `slope`·`across` − `y`.
fn ordinate() -> Program {
    let mut program = Program::begin();
    program.product("slope", |program, row| program.load_row("across", row));
    program.add_less(LESS_Y_AT, &["y"]);
    program.fold();
    program.carry();
    program.pack(|program, word, packed| {
        program.unary(Operation::Copy, Place::Memory("y", word), packed);
    });
    program
}

impl Program {
    fn begin() -> Self {
        let mut program = Self::default();
        program.unary(Operation::Copy, LIMB, constant(constants::LIMB));
        program.unary(Operation::Copy, P8, constant(constants::P8));
        program
    }

    fn unary(&mut self, operation: Operation, to: Place, a: Place) {
        self.instructions.push(Instruction { operation, to, a, b: None });
    }

    fn binary(&mut self, operation: Operation, to: Place, a: Place, b: Place) {
        self.instructions.push(Instruction { operation, to, a, b: Some(b) });
    }

    fn add(&mut self, to: Place, what: Place) {
        self.binary(Operation::Add, to, to, what);
    }

    /// A register whose content is no longer needed, as it is the one that was taken four turns ago.
    fn temporary(&mut self) -> Place {
        self.temporaries += 1;
        Place::Register(FIRST_TEMPORARY + self.temporaries % TEMPORARIES)
    }

    /// The rows of a product of a wide factor; `load_row` brings the limb with the row's number into [`ROW`].
    fn product(&mut self, factor: &'static str, load_row: impl Fn(&mut Self, usize)) {
        for row in 0..9 {
            load_row(self, row);
            let terms = (0..9).map(|limb| {
                // The first row and the top column find nothing to be added to.
                (column(row + limb), Place::Memory(factor, place(limb)), row == 0 || limb == 8)
            });
            self.row(terms);
            self.drop_lowest(row);
        }
    }

    /// The rows of a square: row by row the limb's own square, and its products with those above it, twice.
    fn squared(&mut self, factor: &'static str) {
        let mut begun = [false; 17];
        for row in 0..9 {
            self.unary(Operation::Copy, ROW, Place::Memory(factor, place(row)));
            self.row([(column(2 * row), ROW, !begun[2 * row])].into_iter());
            if row < 8 {
                self.binary(Operation::Add, ROW, ROW, ROW);
            }
            let terms = (row + 1..9)
                .map(|limb| (column(row + limb), Place::Memory(factor, place(limb)), !begun[row + limb]));
            self.row(terms);
            begun[2 * row] = true;
            begun[row + 1 + row..row + 9].fill(true);
            self.drop_lowest(row);
        }
    }

    /// Adds [`ROW`] times each factor to its column, or begins the column with it. Sums are formed three products later, when
    /// the product is there.
    fn row(&mut self, terms: impl Iterator<Item = (Place, Place, bool)>) {
        let mut waiting = VecDeque::new();
        for (sum, factor, begins) in terms {
            if begins {
                self.binary(Operation::Times, sum, ROW, factor);
                continue;
            }
            let product = self.temporary();
            self.binary(Operation::Times, product, ROW, factor);
            waiting.push_back((sum, product));
            if waiting.len() == TEMPORARIES
                && let Some((sum, product)) = waiting.pop_front()
            {
                self.add(sum, product);
            }
        }
        waiting.into_iter().for_each(|(sum, product)| self.add(sum, product));
    }

    /// Drops the lowest of nine columns by adding its lowest 29 bits, m, times p.
    ///
    /// As p ≡ −1 modulo 2^96, that clears it: m·p = m·2^96 + m·2^192 + m·(2^256 − 2^224) − m. The last term is what goes,
    /// 2^96 is 2^9 in limb 3, 2^192 is 2^18 in limb 6, and the difference is p's limbs 7 and 8.
    fn drop_lowest(&mut self, row: usize) {
        let sum = |limb: usize| column(row + limb);
        let (m, by_p8, by_p7, by_p3) =
            (self.temporary(), self.temporary(), self.temporary(), self.temporary());
        self.binary(Operation::And, m, sum(0), LIMB);
        self.unary(Operation::Down(29), sum(0), sum(0));
        self.binary(Operation::Times, by_p8, m, P8);
        self.binary(Operation::Times, by_p7, m, constant(constants::P7));
        self.add(sum(1), sum(0));
        self.unary(Operation::Up(9), by_p3, m);
        self.add(sum(8), by_p8);
        self.unary(Operation::Up(18), m, m);
        self.add(sum(7), by_p7);
        self.add(sum(3), by_p3);
        self.add(sum(6), m);
    }

    /// Brings a limb of a packed element into [`ROW`].
    fn load_row(&mut self, packed: &'static str, limb: usize) {
        match limb {
            4..8 => self.unary(Operation::CopyUpper, ROW, Place::Memory(packed, limb - 4)),
            _ => self.unary(Operation::Copy, ROW, Place::Memory(packed, place(limb))),
        }
    }

    /// Brings a limb of a difference into [`ROW`]; its words are formed, and kept, as they are first needed.
    fn load_difference(&mut self, [a, b]: [&'static str; 2], less: usize, kept: &'static str, limb: usize) {
        if (4..8).contains(&limb) {
            return self.load_row(kept, limb);
        }
        let word = place(limb);
        self.unary(Operation::Copy, ROW, Place::Memory(a, word));
        self.binary(Operation::AddHalves, ROW, ROW, constant(less + word));
        self.binary(Operation::SubtractHalves, ROW, ROW, Place::Memory(b, word));
        self.unary(Operation::Copy, Place::Memory(kept, word), ROW);
    }

    /// Adds a multiple of p, less packed elements.
    fn add_less(&mut self, less: usize, subtrahends: &[&'static str]) {
        for word in 0..5 {
            let lower = self.temporary();
            self.unary(Operation::Copy, lower, constant(less + word));
            for subtrahend in subtrahends {
                self.binary(Operation::SubtractHalves, lower, lower, Place::Memory(subtrahend, word));
            }
            if word == 4 {
                self.unary(Operation::Up(29), lower, lower);
                self.add(column(7), lower);
                continue;
            }
            let upper = self.temporary();
            self.unary(Operation::Down(32), upper, lower);
            self.binary(Operation::And, lower, lower, constant(constants::LOWER_HALF));
            self.add(column(word), lower);
            self.add(column(word + 4), upper);
        }
    }

    /// Takes the multiples of 2^256, which is 2^53 in limb 7, out of it: 2^256 ≡ 2^224 − 2^192 − 2^96 + 1.
    fn fold(&mut self) {
        let over = self.temporary();
        self.unary(Operation::Down(53), over, column(7));
        self.binary(Operation::And, column(7), column(7), constant(constants::BELOW_256));
        for (bits, limb, operation) in
            [(9, 3, Operation::Subtract), (18, 6, Operation::Subtract), (21, 7, Operation::Add)]
        {
            let term = self.temporary();
            self.unary(Operation::Up(bits), term, over);
            self.binary(operation, column(limb), column(limb), term);
        }
        self.add(column(0), over);
    }

    /// Carries what each limb has above its 29 bits into the next, without clearing it there: limb 8 is made of the
    /// eighth's carry.
    fn carry(&mut self) {
        for limb in 0..7 {
            let carry = self.temporary();
            self.unary(Operation::Down(29), carry, column(limb));
            self.add(column(limb + 1), carry);
        }
        self.unary(Operation::Down(29), column(8), column(7));
    }

    /// Clears what was carried, and stores limbs as they are.
    fn store_wide(&mut self, to: &'static str) {
        for limb in 0..9 {
            if limb < 8 {
                self.binary(Operation::And, column(limb), column(limb), LIMB);
            }
            self.unary(Operation::Copy, Place::Memory(to, place(limb)), column(limb));
        }
    }

    /// Stores an element wide and packed.
    fn store_both(&mut self, wide: &'static str, packed: &'static str) {
        self.pack(|program, word, pair| {
            program.unary(Operation::Copy, Place::Memory(packed, word), pair);
            program.unary(Operation::Copy, Place::Memory(wide, word), pair);
            if word < 4 {
                let upper = program.temporary();
                program.unary(Operation::Down(32), upper, pair);
                program.unary(Operation::Copy, Place::Memory(wide, place(word + 4)), upper);
            }
        });
    }

    /// Packs the carried limbs, and hands out each word.
    fn pack(&mut self, mut store: impl FnMut(&mut Self, usize, Place)) {
        for word in 0..4 {
            let (lower, upper) = (column(word), column(word + 4));
            self.unary(Operation::Up(32), upper, upper);
            self.binary(Operation::Interleave, lower, lower, upper);
            self.binary(Operation::And, lower, lower, constant(constants::LIMBS));
            store(self, word, lower);
        }
        store(self, 4, column(8));
    }

    /// The program as the assembly, in Intel's syntax, of a function with these parameters.
    pub(crate) fn text(&self, parameters: &[&str]) -> String {
        let mut text = String::from("# Made by `cargo xtask kernels` from limbs29/program.rs.\n");
        let names: Vec<String> = parameters
            .iter()
            .zip(PARAMETERS)
            .map(|(name, register)| format!("{register} = {name}"))
            .collect();
        let _ = writeln!(text, "# {}", names.join(", "));
        text += "lea rax, [rip + {constants}]\n";
        self.instructions.iter().for_each(|instruction| text += &(instruction.text(parameters) + "\n"));
        text + "ret\n"
    }
}

impl Place {
    fn text(self, parameters: &[&str]) -> String {
        match self {
            Self::Register(number) => format!("ymm{number}"),
            Self::Memory(CONSTANTS, word) => format!("[rax + {}]", 32 * word),
            Self::Memory(pointer, word) => {
                let of_name = parameters.iter().zip(PARAMETERS).find(|(name, _)| **name == pointer);
                let (_, register) = of_name.unwrap_or_else(|| unreachable!("{pointer} is no parameter"));
                format!("[{register} + {}]", 32 * word)
            }
        }
    }
}

impl Instruction {
    fn text(&self, parameters: &[&str]) -> String {
        let (name, last) = match self.operation {
            Operation::Copy => ("vmovdqa", None),
            Operation::Times => ("vpmuludq", None),
            Operation::Add => ("vpaddq", None),
            Operation::Subtract => ("vpsubq", None),
            Operation::AddHalves => ("vpaddd", None),
            Operation::SubtractHalves => ("vpsubd", None),
            Operation::And => ("vpand", None),
            Operation::Interleave => ("vpblendd", Some(0b1010_1010)),
            Operation::Up(bits) => ("vpsllq", Some(bits)),
            Operation::Down(bits) => ("vpsrlq", Some(bits)),
            Operation::CopyUpper => ("vmovshdup", None),
        };
        let places = [Some(self.to), Some(self.a), self.b].into_iter().flatten();
        let operands = places.map(|place| place.text(parameters)).chain(last.map(|last| last.to_string()));
        format!("{name} {}", operands.collect::<Vec<_>>().join(", "))
    }
}

/// What acts like a word.
pub(crate) trait Value: Copy {
    fn constant(index: usize) -> Self;
    fn act(operation: Operation, a: Self, b: Option<Self>) -> Self;
}

/// Registers and memory.
#[derive(Debug)]
pub(crate) struct Machine<V> {
    places: HashMap<Place, V>,
}

impl<V: Value> Machine<V> {
    pub(crate) fn new() -> Self {
        let constants = 0..constants::ALL.len();
        Self { places: constants.map(|index| (constant(index), V::constant(index))).collect() }
    }

    pub(crate) fn set(mut self, pointer: &'static str, words: &[V]) -> Self {
        let places = words.iter().enumerate();
        self.places.extend(places.map(|(word, value)| (Place::Memory(pointer, word), *value)));
        self
    }

    pub(crate) fn words<const COUNT: usize>(&self, pointer: &'static str) -> [V; COUNT] {
        core::array::from_fn(|word| self.value(Place::Memory(pointer, word)))
    }

    fn value(&self, place: Place) -> V {
        *self.places.get(&place).unwrap_or_else(|| unreachable!("{place:?} is read before it is written"))
    }

    pub(crate) fn run(mut self, program: &str) -> Self {
        let (_, make, _) = ALL.iter().find(|(name, ..)| *name == program).expect("a program of this name");
        for instruction in make().instructions {
            let Instruction { operation, to, a, b } = instruction;
            let value = V::act(operation, self.value(a), b.map(|b| self.value(b)));
            self.places.insert(to, value);
        }
        self
    }
}
