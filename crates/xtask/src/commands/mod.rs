//! One module per command.

pub mod bench;
pub mod deploy;
pub mod doctor;
pub mod down;
pub mod generate;
pub mod invoke;
pub mod logs;
pub mod member;
pub mod new;
pub mod package;
pub mod preflight;
pub mod redrive;
pub mod replay;
pub mod test;
pub mod up;
