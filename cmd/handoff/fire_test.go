package main

import "flag"

var full = flag.Bool("full", false, "run the tests of the store under fire in full: every call, every round")
