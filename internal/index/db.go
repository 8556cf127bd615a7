package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/handoff-cli/handoff/internal/plainfile"
	sqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// format is the version of the index file. It must grow with every change of
// the tables, of the compact form of records and entries, and of what the fold
// makes of the same records. A file of an older version is built anew; one of a
// newer version belongs to a newer program and is left alone.
const format = 6

// layout is the tables of the file.
//
// day and record are what the refs hold, entry is what the records add up to.
// A day's members are the numbers of the records in it. A record without a
// position stands under the id of another that counts. text holds what records say
// in pieces of three letters, under their numbers. undo holds what the entries
// of a batch were before it, so that a record that arrives late costs a few
// batches and not everything.
const layout = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE day (path TEXT, tree TEXT, ref INTEGER, members BLOB, PRIMARY KEY (path, tree)) WITHOUT ROWID;
CREATE TABLE record (n INTEGER PRIMARY KEY, id TEXT, position INTEGER, at INTEGER, about TEXT, data BLOB);
CREATE INDEX record_id ON record (id);
CREATE INDEX record_position ON record (position);
CREATE INDEX record_at ON record (at);
CREATE INDEX record_about ON record (about) WHERE about IS NOT NULL;
CREATE TABLE entry (kind INTEGER, key TEXT, live INTEGER, position INTEGER, author TEXT, series TEXT, data BLOB, UNIQUE (kind, key));
CREATE INDEX thing_live ON entry (kind) WHERE live;
CREATE INDEX thing_author ON entry (author, position) WHERE author IS NOT NULL;
CREATE INDEX thing_series ON entry (series, position) WHERE series IS NOT NULL;
CREATE TABLE batch (n INTEGER PRIMARY KEY, first INTEGER, size INTEGER);
CREATE VIRTUAL TABLE text USING fts5(said, content='', detail=none, tokenize='trigram case_sensitive 1');
CREATE TABLE undo (batch INTEGER, kind INTEGER, key TEXT, live INTEGER, position INTEGER, author TEXT, series TEXT, data BLOB, PRIMARY KEY (batch, kind, key)) WITHOUT ROWID;
`

var (
	// errNewer says that a newer program made the file.
	errNewer = errors.New("the index is of a newer version")

	// errStale says that the file does not hold what the refs hold now.
	errStale = errors.New("the index is of other refs")

	// errDamaged says that the file contradicts itself.
	errDamaged = errors.New("the index is damaged")
)

// database is the open file, or one in memory.
type database struct {
	path string // "" for one in memory
	conn connection
	pool *sql.DB
	made bool // by this process
}

// connection is a connection on which statements run to their end. To be able to
// stop one in the middle takes two goroutines for each, which is a good part of what
// a short command costs. Statements are short: whether their context has ended is
// asked before each, and for each row.
type connection struct{ *sql.Conn }

func (c connection) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.Conn.ExecContext(unwatched{ctx}, query, args...)
}

func (c connection) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.Conn.QueryContext(unwatched{ctx}, query, args...)
}

func (c connection) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return c.Conn.QueryRowContext(unwatched{ctx}, query, args...)
}

// unwatched is a context that tells whether it has ended to those who ask, and
// wakes nobody.
type unwatched struct{ context.Context }

func (unwatched) Done() <-chan struct{} { return nil }

// busyWait is how long one process waits for another that writes, in
// milliseconds, before it goes on in memory.
const busyWait = 3000

// openDatabase opens the file, and makes it in its directory where there is none;
// without a path it makes one in memory. A rollback journal, not a write-ahead
// log: readers that open and close in milliseconds would pay for a log's shared
// memory and recovery each time, it works on network file systems, and the lock
// that a writer needs is held only while it commits, as nothing is written before.
func openDatabase(ctx context.Context, path string) (*database, error) {
	// A page in memory of any other size takes twice its room.
	name := "file::memory:?_pragma=page_size(65536)"
	if path != "" {
		for _, file := range []string{path, path + "-journal"} {
			if err := plainfile.Check(file); err != nil {
				return nil, err
			}
		}
		name = fmt.Sprintf("file:%s?_pragma=busy_timeout(%d)", escapePath(path), busyWait)
	}
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db := &database{path: path, pool: pool}
	if db.conn.Conn, err = pool.Conn(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	if err := db.checkFormat(ctx); err != nil {
		db.close()
		return nil, err
	}
	return db, nil
}

// escapePath writes a file name as the path of a URI.
func escapePath(path string) string {
	return strings.NewReplacer("?", "%3f", "#", "%23", "%", "%25").Replace(filepath.ToSlash(path))
}

func (db *database) close() {
	db.conn.Close()
	db.pool.Close()
}

// checkFormat makes the tables in a new file.
func (db *database) checkFormat(ctx context.Context) error {
	var found int
	if err := db.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&found); err != nil {
		return err
	}
	switch {
	case found == format:
		return nil
	case found > format:
		return errNewer
	case found > 0:
		return errDamaged
	}
	return db.write(ctx, func() error {
		if err := db.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&found); err != nil || found == format {
			return err // another process was first
		}
		_, err := db.conn.ExecContext(ctx, layout+fmt.Sprintf("PRAGMA user_version = %d", format))
		db.made = err == nil
		return err
	})
}

// read runs f on one state of the file.
func (db *database) read(ctx context.Context, f func() error) error {
	return db.transaction(ctx, "BEGIN", f)
}

// write runs f while nobody else writes. All of it is kept, or nothing.
func (db *database) write(ctx context.Context, f func() error) error {
	if _, err := db.conn.ExecContext(ctx, "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL"); err != nil {
		return err
	}
	return db.transaction(ctx, "BEGIN IMMEDIATE", f)
}

// transaction runs f between begin and a commit, or a rollback when it fails.
func (db *database) transaction(ctx context.Context, begin string, f func() error) error {
	if _, err := db.conn.ExecContext(ctx, begin); err != nil {
		return err
	}
	err := f()
	if err == nil {
		_, err = db.conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		// The connection is not used again if this fails as well.
		_, rollbackErr := db.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, rollbackErr)
	}
	return nil
}

// meta returns a value that is kept by name, nil when there is none.
func (db *database) meta(ctx context.Context, name string) ([]byte, error) {
	var value []byte
	err := db.conn.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = ?", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, err
}

func (db *database) setMeta(ctx context.Context, name string, value []byte) error {
	_, err := db.conn.ExecContext(ctx, "INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)
	return err
}

// clear empties all tables.
func (db *database) clear(ctx context.Context) error {
	_, err := db.conn.ExecContext(ctx, "DELETE FROM meta; DELETE FROM day; DELETE FROM record; DELETE FROM entry; DELETE FROM batch; DELETE FROM undo; INSERT INTO text (text) VALUES ('delete-all')")
	return err
}

// removeDatabase deletes the file, the journal first: a journal that is left
// alone would be taken for that of the next file.
func removeDatabase(path string) error {
	for _, name := range []string{path + "-journal", path} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// damaged reports whether an error means that the file must be built anew.
func damaged(err error) bool {
	if failed, ok := errors.AsType[*sqlite.Error](err); ok {
		switch failed.Code() & 0xff {
		case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_ERROR, lib.SQLITE_MISMATCH:
			return true
		}
		return false
	}
	return errors.Is(err, errDamaged)
}
