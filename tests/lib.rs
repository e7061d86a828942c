//! Holds the tests of the whole house; see all/main.rs.
