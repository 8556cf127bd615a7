//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Where the engines are that the tests load a warehouse into: a folder with the
// programs of PostgreSQL, and one with the package @duckdb/node-api.
const (
	postgresVariable = "HANDOFF_TEST_POSTGRES"
	duckDBVariable   = "HANDOFF_TEST_DUCKDB"
)

// postgres is a server of PostgreSQL that ends with the test. It listens in its own
// directory alone.
type postgres struct {
	t        testing.TB
	dir      string
	programs string
	server   *os.Process
}

func startPostgres(t testing.TB) *postgres {
	t.Helper()
	programs := os.Getenv(postgresVariable)
	if programs == "" {
		t.Skipf("THERE IS NO POSTGRESQL: set %s to the folder with its programs, such as /usr/lib/postgresql/15/bin", postgresVariable)
	}
	dir, err := os.MkdirTemp("", "handoff-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &postgres{t: t, dir: dir, programs: programs}
	as := p.user()
	p.must(p.command(as, "initdb", "-D", filepath.Join(dir, "data"), "-U", "loader", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"))
	server := p.command(as, "postgres", "-D", filepath.Join(dir, "data"), "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off")
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	p.server = server.Process
	t.Cleanup(func() {
		if err := server.Process.Signal(syscall.SIGINT); err != nil { // a fast shutdown
			t.Error(err)
		}
		if err := server.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &log)
		}
	})
	for deadline := time.Now().Add(time.Minute); p.command(nil, "pg_isready", "-q", "-h", dir).Run() != nil; {
		if time.Now().After(deadline) {
			t.Fatalf("the server does not answer\n%s", &log)
		}
	}
	return p
}

// user is who the server runs as, nil for who runs the test: it refuses to be root's.
func (p *postgres) user() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		p.t.Fatal(err)
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.Chown(p.dir, uid, -1); err != nil {
		p.t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(os.Getgid()), NoSetGroups: true}
}

func (p *postgres) command(as *syscall.Credential, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.programs, name), args...)
	cmd.Dir = p.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	return cmd
}

func (p *postgres) must(cmd *exec.Cmd) []byte {
	p.t.Helper()
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", cmd, err, &problems)
	}
	return out
}

// psql is psql on the database, without the settings of who runs the test.
func (p *postgres) psql(args ...string) *exec.Cmd {
	return p.command(nil, "psql", append([]string{"-X", "-h", p.dir, "-U", "loader", "-d", "postgres"}, args...)...)
}

// load runs a script as an export wrote it, and returns what psql says.
func (p *postgres) load(script string) string {
	p.t.Helper()
	return string(p.must(p.psql("-f", script)))
}

// ask returns the rows that a question finds.
func (p *postgres) ask(sql string) []map[string]any {
	p.t.Helper()
	wrapped := "SELECT coalesce(json_agg(to_json(an_answer)), '[]') FROM (" + trimSQL(sql) + ") an_answer"
	return decodeRows(p.t, p.must(p.psql("-At", "-v", "ON_ERROR_STOP=1", "-c", "SET timezone = 'UTC'", "-c", wrapped)), "SET\n")
}

// duckDB is a database of DuckDB in a file.
type duckDB struct {
	t       testing.TB
	modules string
	file    string
}

func newDuckDB(t testing.TB) *duckDB {
	t.Helper()
	modules := os.Getenv(duckDBVariable)
	if modules == "" {
		t.Skipf("THERE IS NO DUCKDB: npm install @duckdb/node-api, and set %s to its node_modules", duckDBVariable)
	}
	return &duckDB{t, modules, filepath.Join(t.TempDir(), "warehouse.duckdb")}
}

// run runs SQL in a directory, and returns the rows of the last statement.
func (d *duckDB) run(dir, sql string) (*exec.Cmd, []byte) {
	d.t.Helper()
	script, err := filepath.Abs("testdata/duckdb.mjs")
	if err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command("node", script, d.modules, d.file)
	var problems bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, bytes.NewReader([]byte(sql)), &problems
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatalf("%v\n%s\n%s", err, &problems, sql)
	}
	return cmd, out
}

func (d *duckDB) ask(sql string) []map[string]any {
	d.t.Helper()
	_, out := d.run(d.t.TempDir(), "SELECT coalesce(to_json(list(an_answer)), '[]') AS rows FROM ("+trimSQL(sql)+") an_answer")
	var wrapped []struct{ Rows string }
	if err := json.Unmarshal(out, &wrapped); err != nil {
		d.t.Fatalf("%v\n%s", err, out)
	}
	return decodeRows(d.t, []byte(wrapped[0].Rows), "")
}

// trimSQL is a question without the semicolon at its end.
func trimSQL(sql string) string { return string(bytes.TrimRight([]byte(sql), "; \n")) + "\n" }

// decodeRows reads rows of JSON behind a prefix, with numbers as they are written.
func decodeRows(t testing.TB, data []byte, prefix string) (rows []map[string]any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte(prefix))))
	decoder.UseNumber()
	if err := decoder.Decode(&rows); err != nil {
		t.Fatalf("%v\n%s", err, data[:min(len(data), 2000)])
	}
	return slices.Clip(rows)
}
