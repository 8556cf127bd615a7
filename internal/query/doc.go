// Package query answers questions from the records.
//
// The road is text, [Query], rows. [Parse] turns what somebody typed (a topic,
// GitHub-style terms) into a Query, which is data; package ask makes one of a plain
// question. [Run] turns a Query and the folded state into an [Answer]: one
// sentence, and rows, each with the record that it comes from.
//
// Nothing is guessed. A question that the package does not know is an
// [UnknownQuestionError]; a question that no record covers is an Answer that
// says so and names whom to ask; a question whose answer is "none" says which
// handoffs say none, and which leave out the key under which they could.
//
// Everything that a row can be filtered by is one of its facets: pairs of a
// [Qualifier] and a value, such as owner and ana. A [Term] asks for a pair. All
// terms must hold, and a negated term holds exactly where the plain one does
// not, so that a term and its negation part the rows in two. Records that are a
// word on something else, such as acks, are found only where their kind is asked
// for.
//
// The package is pure. The clock, the asker and the people come in as
// arguments.
package query
