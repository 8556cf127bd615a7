// Package plainfile opens, reads and replaces files in places where anything may
// lie: a pipe, a device or a directory is refused instead of waited for, and a
// file is replaced as a whole or not at all.
package plainfile
