//go:build unix

package main

import (
	"os"
	"path/filepath"
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

	var log time.Duration
	for _, dir := range dirs {
		log += x.git("-C", dir, "log", "-p", "--output="+os.DevNull, "main", "--", ".handoffs")
	}
	b.ReportMetric(log.Seconds(), "log-p-s")
	report := func(name string, took time.Duration, memory int64) {
		b.ReportMetric(took.Seconds(), name+"-s")
		b.ReportMetric(took.Seconds()/log.Seconds(), name+"×log-p")
		b.ReportMetric(float64(memory)/1e6, name+"-MB")
	}
	script, tables := filepath.Join(b.TempDir(), "load.sql"), filepath.Join(b.TempDir(), "tables")
	took, memory := x.run(x.handoff, "export", "-q", "--format", "postgres", "-o", script, "--all-repos", "org")
	report("postgres-export", took, memory)
	for _, name := range []string{"postgres-load", "postgres-again"} {
		cmd := server.psql("-f", script)
		start := time.Now()
		server.must(cmd)
		report(name, time.Since(start), peakMemory(cmd.ProcessState))
	}
	if err := os.Remove(script); err != nil {
		b.Fatal(err)
	}
	took, memory = x.run(x.handoff, "export", "-q", "--format", "ndjson", "--tables", "-o", tables, "--all-repos", "org")
	report("tables-export", took, memory)
	schema, err := os.ReadFile("../../examples/warehouse/duckdb.sql")
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	cmd, _ := duck.run(tables, string(schema))
	report("duckdb-load", time.Since(start), peakMemory(cmd.ProcessState))
	if took, err = questionsTake(server, duck); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(took.Seconds(), "questions-s")
	b.ReportMetric(0, "ns/op")
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
