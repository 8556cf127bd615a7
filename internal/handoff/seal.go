package handoff

import "github.com/handoff-cli/handoff/internal/text"

// Sealed is a record as it is published: the bytes of its file, and what
// everybody will read from them. It is made once; the rules judge it, and the
// same bytes are committed.
type Sealed struct {
	Record   *Record   // as it is read from Data; as it was given where nothing can be
	Data     []byte    // the whole file, as [Format] writes it; nil where it cannot be written
	Document *Document // what [Parse] makes of Data; its Findings say what is wrong with it
}

// Seal writes a record and reads what it has written. It never fails, as Parse
// does not: a record that cannot be written is an error (HO101) among the
// findings of its document.
func Seal(r *Record) *Sealed {
	data, err := Format(r)
	if err != nil {
		return &Sealed{Record: r, Document: &Document{Findings: []Finding{{Code: "HO101", Level: LevelError,
			Message: "the record cannot be written: " + text.OneLine(err.Error()), Fix: "use plain values and UTF-8"}}}}
	}
	s := &Sealed{Record: r, Data: data, Document: Parse(data, r.Kind)}
	if s.Document.Record != nil {
		s.Record = s.Document.Record
	}
	return s
}

// SealAll seals the records of one operation.
func SealAll(records ...*Record) []*Sealed {
	sealed := make([]*Sealed, len(records))
	for i, r := range records {
		sealed[i] = Seal(r)
	}
	return sealed
}

// Records returns the records of an operation.
func Records(sealed []*Sealed) []*Record {
	records := make([]*Record, len(sealed))
	for i, s := range sealed {
		records[i] = s.Record
	}
	return records
}
