// Package gittest makes repositories for tests, with git alone, apart from the
// configuration of the machine.
package gittest
