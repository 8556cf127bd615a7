package index

// FromFile reports whether answers come from the file.
func (ix *Index) FromFile() bool { return ix.db != nil && ix.db.path != "" }
