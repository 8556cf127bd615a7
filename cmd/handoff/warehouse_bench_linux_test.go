package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkWarehouse exports the tables of an organisation and loads them, against
// git log -p in each repository. How large it is, ORG_REPOS and ORG_RECORDS say;
// where the engines are, HANDOFF_TEST_POSTGRES and HANDOFF_TEST_DUCKDB.
//
//	ORG_REPOS=1000 ORG_RECORDS=1000 go test -timeout 0 -run '^$' -bench Warehouse -benchtime 1x ./cmd/handoff
func BenchmarkWarehouse(b *testing.B) {
	server, duck := startPostgres(b), newDuckDB(b)
	x := newBench(b)
	dirs := x.organisation(numberFrom(b, "ORG_REPOS", 20), numberFrom(b, "ORG_RECORDS", 100))
	x.run(x.handoff, "query", "blocked", "-q", "--all-repos", "org") // makes the indexes

	var log, logWorked time.Duration
	for _, dir := range dirs {
		took, worked, _ := x.measure("git", "-C", dir, "log", "-p", "--output="+os.DevNull, "main", "--", ".handoffs")
		log, logWorked = log+took, logWorked+worked
	}
	b.ReportMetric(log.Seconds(), "log-p-s")
	report := func(name string, took, worked time.Duration, memory int64) {
		b.ReportMetric(took.Seconds(), name+"-s")
		b.ReportMetric(took.Seconds()/log.Seconds(), name+"×log-p")
		b.ReportMetric(worked.Seconds()/logWorked.Seconds(), name+"-worked×log-p")
		b.ReportMetric(float64(memory)/1e6, name+"-MB")
	}
	script, tables := filepath.Join(b.TempDir(), "load.sql"), filepath.Join(b.TempDir(), "tables")
	took, worked, memory := x.measure(x.handoff, "export", "-q", "--format", "postgres", "-o", script, "--all-repos", "org")
	report("postgres-export", took, worked, memory)
	for _, name := range []string{"postgres-load", "postgres-again"} {
		cmd := server.psql("-f", script)
		start, before := time.Now(), server.worked()
		server.must(cmd)
		report(name, time.Since(start), workedOn(cmd)+server.worked()-before, peakOf(cmd))
	}
	if err := os.Remove(script); err != nil {
		b.Fatal(err)
	}
	took, worked, memory = x.measure(x.handoff, "export", "-q", "--format", "ndjson", "--tables", "-o", tables, "--all-repos", "org")
	report("tables-export", took, worked, memory)
	schema, err := os.ReadFile("../../examples/warehouse/duckdb.sql")
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	cmd, _ := duck.run(tables, string(schema))
	report("duckdb-load", time.Since(start), workedOn(cmd), peakOf(cmd))
	if took, err = questionsTake(server, duck); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(took.Seconds(), "questions-s")
	b.ReportMetric(0, "ns/op")
}

// peakOf is the most memory that a process had, in bytes.
func peakOf(cmd *exec.Cmd) int64 { return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10 }

// workedOn is how long processors worked on a process that has ended, and on those that
// it waited for.
func workedOn(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// worked is how long processors have worked on the server so far, its backends that
// have ended included.
func (p *postgres) worked() (sum time.Duration) {
	p.t.Helper()
	const tick = time.Second / 100
	processes, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, name := range processes {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // has ended meanwhile, and its parent counts it
		}
		if err != nil {
			p.t.Fatal(err)
		}
		_, behind, _ := bytes.Cut(text, []byte(") ")) // the name of the program, of any letters
		fields := strings.Fields(string(behind))
		parent, server := fields[1], strconv.Itoa(p.server.Pid)
		if parent != server && filepath.Base(filepath.Dir(name)) != server {
			continue
		}
		for _, field := range fields[11:15] { // its own, and those of children it waited for
			n, err := strconv.Atoi(field)
			if err != nil {
				p.t.Fatal(err)
			}
			sum += time.Duration(n) * tick
		}
	}
	return sum
}

// questionsTake asks all questions of the example in both engines.
func questionsTake(server *postgres, duck *duckDB) (time.Duration, error) {
	files, err := filepath.Glob("../../examples/warehouse/questions/*.sql")
	if err != nil {
		return 0, err
	}
	start := time.Now()
	for _, file := range files {
		sql, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		server.ask(string(sql))
		duck.ask(string(sql))
	}
	return time.Since(start), nil
}
