package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Table is a table of a file that is written for other programs.
type Table struct {
	Name    string
	Columns []Column
	Key     []string // columns by which rows are looked up; nil for none
}

// Column is a column and its SQLite type.
type Column struct{ Name, Type string }

// File is a SQLite file in the making, for other programs to read.
type File struct {
	ctx     context.Context
	pool    *sql.DB
	conn    *sql.Conn
	inserts map[string]*sql.Stmt
}

// CreateFile makes the tables in an empty file, which is of no use before
// [File.Close] and may then be moved to where it belongs. There is no journal:
// who fails removes the file. Its pages are not synced to the disk.
func CreateFile(ctx context.Context, path string, version int, tables []Table) (*File, error) {
	pool, err := sql.Open("sqlite", "file:"+escapePath(path))
	if err != nil {
		return nil, err
	}
	f := &File{ctx: ctx, pool: pool, inserts: make(map[string]*sql.Stmt)}
	if f.conn, err = pool.Conn(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	if err := f.begin(version, tables); err != nil {
		f.Abandon()
		return nil, err
	}
	return f, nil
}

func (f *File) begin(version int, tables []Table) error {
	script := fmt.Sprintf("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16000; PRAGMA user_version = %d; BEGIN;", version)
	for _, t := range tables {
		columns := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			columns[i] = quoteName(c.Name) + " " + c.Type
		}
		script += fmt.Sprintf("CREATE TABLE %s (%s);", quoteName(t.Name), strings.Join(columns, ", "))
		if t.Key != nil {
			key := make([]string, len(t.Key))
			for i, name := range t.Key {
				key[i] = quoteName(name)
			}
			script += fmt.Sprintf("CREATE INDEX %s ON %s (%s);", quoteName(t.Name+"_key"), quoteName(t.Name), strings.Join(key, ", "))
		}
	}
	if _, err := f.conn.ExecContext(f.ctx, script); err != nil {
		return err
	}
	for _, t := range tables {
		values := strings.TrimSuffix(strings.Repeat("?, ", len(t.Columns)), ", ")
		insert, err := f.conn.PrepareContext(f.ctx, fmt.Sprintf("INSERT INTO %s VALUES (%s)", quoteName(t.Name), values))
		if err != nil {
			return err
		}
		f.inserts[t.Name] = insert
	}
	return nil
}

// quoteName writes a name that may be a keyword.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Add adds a row to a table: a value for each column.
func (f *File) Add(table string, values []any) error {
	_, err := f.inserts[table].ExecContext(f.ctx, values...)
	return err
}

// Close completes the file.
func (f *File) Close() error {
	_, err := f.conn.ExecContext(f.ctx, "COMMIT")
	return errors.Join(err, f.release())
}

// Abandon lets go of a file that is not to be completed.
func (f *File) Abandon() { _ = f.release() }

func (f *File) release() error {
	for _, insert := range f.inserts {
		insert.Close()
	}
	return errors.Join(f.conn.Close(), f.pool.Close())
}
