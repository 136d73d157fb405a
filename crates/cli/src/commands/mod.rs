//! One file for each command.

pub(crate) mod decrypt;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod fetch;
pub(crate) mod identity;
pub(crate) mod inspect;
pub(crate) mod sandbox;
pub(crate) mod sign;
pub(crate) mod verify;
