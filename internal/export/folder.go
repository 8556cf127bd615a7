package export

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is a directory with a file of NDJSON for each table.
type folder struct {
	path  string
	made  bool // by this export
	files map[string]*tableFile
}

// tableFile is the file of a table, which gets its name when all are complete.
type tableFile struct {
	*newFile
	text *bufio.Writer
}

// beginFolder begins the files of all tables in a directory, which is made where there
// is none.
func beginFolder(path, id string, force bool) (*folder, error) {
	d := &folder{path: path, files: make(map[string]*tableFile)}
	switch err := os.Mkdir(path, 0o777); {
	case err == nil:
		d.made = true
	case !errors.Is(err, fs.ErrExist):
		return nil, err
	}
	for _, t := range warehouse() {
		file, err := beginFile(filepath.Join(path, t.fileName()), id+"-"+t.name, force)
		if err != nil {
			d.drop()
			return nil, err
		}
		d.files[t.name] = &tableFile{file, bufio.NewWriterSize(file.f, 1<<16)}
	}
	return d, nil
}

// keep gives the files their names, each when all of it is on the disk. Where that ends
// in between, the others are as they were: the next export makes them one again.
func (d *folder) keep() error {
	for _, t := range warehouse() {
		if err := d.files[t.name].text.Flush(); err != nil {
			return err
		}
	}
	for _, t := range warehouse() {
		if err := d.files[t.name].keep(); err != nil {
			return err
		}
	}
	d.made = false
	return nil
}

// drop removes what was not kept.
func (d *folder) drop() {
	for _, file := range d.files {
		file.drop()
	}
	if d.made {
		os.Remove(d.path) // unless something else is in it now
	}
}
