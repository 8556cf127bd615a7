// Package export writes rows for elsewhere: records and states as lines of JSON, as
// CSV, or as tables of a SQLite file, each row with where it is from; and the tables
// of a warehouse, as a script for PostgreSQL or as files that engines load. What is
// exported is handed in.
package export

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Writer is where rows go: stdout, or a file that gets its name when it is
// complete, or a directory with one for each table.
type Writer struct {
	limit    int
	Rows     map[string]int // written, by table
	progress func(rows int)

	text   *bufio.Writer // of NDJSON, CSV and the script for PostgreSQL
	file   *newFile      // nil for stdout
	db     *index.File   // of SQLite
	script *copying      // of PostgreSQL
	folder *folder       // of tables in files
}

// NewWriter begins an export of text.
func NewWriter(ctx context.Context, form Form, out io.Writer, progress func(rows int)) (*Writer, error) {
	w := &Writer{limit: form.Limit, Rows: make(map[string]int), progress: progress}
	return w, w.begin(ctx, form, out)
}

// NewFile begins an export to a file, or of tables to a directory. While it is not
// complete, what is written has a name with an id in it.
func NewFile(ctx context.Context, form Form, path, id string, force bool, progress func(rows int)) (*Writer, error) {
	w := &Writer{limit: form.Limit, Rows: make(map[string]int), progress: progress}
	if form.Tables {
		var err error
		w.folder, err = beginFolder(path, id, force)
		return w, err
	}
	file, err := beginFile(path, id, force)
	if err != nil {
		return nil, err
	}
	w.file = file
	if err := w.begin(ctx, form, file.f); err != nil {
		w.Abandon()
		return nil, err
	}
	return w, nil
}

// begin writes what comes before the first row.
func (w *Writer) begin(ctx context.Context, form Form, out io.Writer) (err error) {
	switch form.Format {
	case FormatSQLite:
		const version = 1 // of the tables
		if w.db, err = index.CreateFile(ctx, w.file.temp, version, sqliteTables(form.HasRecords())); err != nil {
			return err
		}
		return w.db.Add("schema_version", []any{version})
	case formatCSV:
		header := recordColumns
		if form.States {
			header = csvStates()
		}
		line, err := csvLine(header)
		if err != nil {
			return err
		}
		w.text = bufio.NewWriterSize(out, 1<<16)
		_, err = w.text.Write(line)
		return err
	case FormatPostgres:
		w.text, w.script = bufio.NewWriterSize(out, 1<<16), new(copying)
		_, err = w.text.WriteString(postgresHead())
		return err
	}
	w.text = bufio.NewWriterSize(out, 1<<16)
	return nil
}

// ErrFull says that no more rows are wanted.
var ErrFull = errors.New("the export has all rows that it may have")

// Add writes rows, up to the limit.
func (w *Writer) Add(rows []Row) error {
	for _, row := range rows {
		switch {
		case w.limit == 0 || isRepo(row.table):
		case w.db != nil && w.Rows[row.table] == w.limit:
			continue
		case w.db == nil && w.total() == w.limit:
			return ErrFull
		}
		w.Rows[row.table]++
		if err := w.write(row); err != nil {
			return err
		}
	}
	if w.progress != nil {
		w.progress(w.total())
	}
	return nil
}

func (w *Writer) write(row Row) error {
	switch {
	case w.db != nil:
		return w.db.Add(row.table, row.values)
	case w.folder != nil:
		_, err := w.folder.files[row.table].text.Write(row.line)
		return err
	case w.script != nil:
		if _, err := w.text.WriteString(w.script.next(row.table)); err != nil {
			return err
		}
	}
	_, err := w.text.Write(row.line)
	return err
}

// total is how many rows were written, but for those of the repositories.
func (w *Writer) total() (n int) {
	for table, rows := range w.Rows {
		if !isRepo(table) {
			n += rows
		}
	}
	return n
}

// isRepo reports whether the rows of a table say what was read, and no more.
func isRepo(table string) bool { return table == repoTable || table == reposTable }

// Finish completes the export.
func (w *Writer) Finish() error {
	if w.progress != nil {
		w.progress(0)
	}
	if w.script != nil {
		if _, err := w.text.WriteString(w.script.next("") + postgresTail()); err != nil {
			return err
		}
	}
	if w.folder != nil {
		return w.folder.keep()
	}
	if w.text != nil {
		if err := w.text.Flush(); err != nil {
			return err
		}
	}
	if w.db != nil {
		db := w.db
		w.db = nil
		if err := db.Close(); err != nil {
			return err
		}
	}
	if w.file == nil {
		return nil
	}
	return w.file.keep()
}

// Abandon removes what is not complete.
func (w *Writer) Abandon() {
	if w.db != nil {
		w.db.Abandon()
	}
	if w.file != nil {
		w.file.drop()
	}
	if w.folder != nil {
		w.folder.drop()
	}
}

// ExistsError says that the file to be written is there, and is not to be
// replaced.
type ExistsError struct{ path string }

func (e *ExistsError) Error() string { return e.path + ": there is such a file" }

// NotPlainError says that something else than a file has the name.
type NotPlainError struct{ path string }

func (e *NotPlainError) Error() string { return e.path + ": not a plain file" }

// newFile is a file that has another name until it is complete.
type newFile struct {
	f          *os.File
	path, temp string
	force      bool
}

// beginFile begins a file next to where it will be.
func beginFile(path, id string, force bool) (*newFile, error) {
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &NotPlainError{path}
	case !force:
		return nil, &ExistsError{path}
	}
	n := &newFile{path: path, temp: filepath.Join(filepath.Dir(path), ".handoff-export-"+id), force: force}
	f, err := os.OpenFile(n.temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	n.f = f
	return n, err
}

// keep gives the file its name, when all of it is on the disk.
func (n *newFile) keep() error {
	if err := errors.Join(n.f.Sync(), n.f.Close()); err != nil {
		return err
	}
	if n.force {
		return plainfile.Rename(n.temp, n.path)
	}
	// A link never takes the place of another file, as a rename does.
	err := os.Link(n.temp, n.path)
	if errors.Is(err, fs.ErrExist) {
		return &ExistsError{n.path}
	}
	if err != nil { // a file system without links
		if _, lost := os.Lstat(n.path); lost == nil {
			return &ExistsError{n.path}
		}
		return plainfile.Rename(n.temp, n.path)
	}
	return os.Remove(n.temp)
}

// drop removes the file unless it was kept.
func (n *newFile) drop() {
	n.f.Close()
	os.Remove(n.temp)
}
