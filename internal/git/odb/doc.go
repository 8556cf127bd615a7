// Package odb is an object database of git: loose objects, packs with their
// indexes, alternates, and the trees in them. It knows no repository and no
// configuration; what it needs of both is given when it is opened.
//
// [Objects] is a storage of go-git's: go-git encodes commits into it, and reads
// what is written here. Only what is asked for is read, of a pack index too.
// Trees are edited as bytes, so that what others have in them stays as it is.
//
// What is read is not trusted: sizes are bounded and checksums compared. Reading
// ends with [DamagedError], [MissingError], [TooLargeError] or [KindError].
package odb
