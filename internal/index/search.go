package index

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// errUnsearched says that some records are not in the table of texts yet. It is
// filled when somebody searches for the first time, not when the records
// arrive: most answers need no search, and the first one should come soon.
var errUnsearched = errors.New("the texts are not indexed")

// pieceLength is how many characters the pieces of text have that can be looked
// up.
const pieceLength = 3

// searchable reports whether any of the words is long enough to be looked up.
func searchable(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) >= pieceLength })
}

// searchedTo returns the highest number of a record that is in the table of
// texts.
func (db *database) searchedTo(ctx context.Context) (int64, error) {
	value, err := db.meta(ctx, "searched")
	if err != nil || value == nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	return n, damage(err)
}

// makeSearchable enters the texts of the records that came since the last time,
// some at once: others can read in between.
func (ix *Index) makeSearchable(ctx context.Context) error {
	defer ix.progress(0)
	for done := 0; ; done += foldChunk {
		n := 0
		err := ix.db.write(ctx, func() (err error) {
			n, err = ix.enterTexts(ctx)
			return err
		})
		if err != nil || n < foldChunk {
			return err
		}
		ix.progress(done + n)
	}
}

// enterTexts enters the texts of some records and returns of how many.
func (ix *Index) enterTexts(ctx context.Context) (int, error) {
	from, err := ix.db.searchedTo(ctx)
	if err != nil {
		return 0, err
	}
	list, err := stored(ctx, ix.db.conn, "SELECT n, data FROM record WHERE n > ? ORDER BY n LIMIT ?", from, foldChunk)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	insert, err := ix.db.conn.PrepareContext(ctx, "INSERT INTO text (rowid, said) VALUES (?, ?)")
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	for _, a := range list {
		if _, err := insert.ExecContext(unwatched{ctx}, a.n, ix.options.Text(a.Record)); err != nil {
			return 0, err
		}
	}
	return len(list), ix.db.setMeta(ctx, "searched", strconv.AppendInt(nil, list[len(list)-1].n, 10))
}

// saying returns the numbers of the records that say one of some texts, the
// rarest: what says them all has a record that does.
func (t tables) saying(words []string) ([]int64, error) {
	if err := t.checkSearched(); err != nil {
		return nil, err
	}
	var rarest []int64
	found := false
	for _, w := range words {
		if utf8.RuneCountInString(w) < pieceLength {
			continue
		}
		numbers, err := t.having(w)
		if err != nil {
			return nil, err
		}
		if !found || len(numbers) < len(rarest) {
			rarest, found = numbers, true
		}
	}
	return rarest, nil
}

// sayingAll returns the numbers of records that have all pieces of some texts, so
// many at most, all of them for -1: those that say them all are among them, when there are no more.
func (t tables) sayingAll(texts []string, most int) ([]int64, error) {
	if err := t.checkSearched(); err != nil {
		return nil, err
	}
	return column[int64](t.ctx, t.db.conn, "SELECT rowid FROM text WHERE text MATCH ? LIMIT ?", pieces(texts...), most)
}

// checkSearched returns errUnsearched while the table of texts lacks records.
func (t tables) checkSearched() error {
	searched, err := t.db.searchedTo(t.ctx)
	if err != nil {
		return err
	}
	var last int64
	if err := t.db.conn.QueryRowContext(t.ctx, "SELECT ifnull(max(n), 0) FROM record").Scan(&last); err != nil {
		return err
	}
	if last > searched {
		return errUnsearched
	}
	return nil
}

// having returns the numbers of the records that have all pieces of a word: all
// that say it, and a few that do not.
func (t tables) having(word string) ([]int64, error) {
	return column[int64](t.ctx, t.db.conn, "SELECT rowid FROM text WHERE text MATCH ?", pieces(word))
}

// pieces are what has to be there where some texts are said.
func pieces(texts ...string) string {
	var pieces []string
	for _, text := range texts {
		letters := []rune(text)
		for i := range len(letters) - pieceLength + 1 {
			piece := strings.ReplaceAll(string(letters[i:i+pieceLength]), `"`, `""`)
			pieces = append(pieces, `"`+piece+`"`)
		}
	}
	slices.Sort(pieces)
	return strings.Join(slices.Compact(pieces), " AND ")
}
