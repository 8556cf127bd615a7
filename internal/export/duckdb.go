package export

import (
	"fmt"
	"strings"
)

// DuckDBScript is the SQL with which DuckDB loads the files of [FormatTables] from the
// directory in which it runs: each table is made anew.
func DuckDBScript() string {
	var b strings.Builder
	fmt.Fprintf(&b, "SET TimeZone = 'UTC';\nBEGIN;\nCREATE SCHEMA IF NOT EXISTS %s;\n", schemaName)
	for _, t := range warehouse() {
		columns := make([]string, len(t.columns))
		for i, c := range t.columns {
			columns[i] = quoteName(c.name) + ": " + quoteText(c.duckdb)
		}
		fmt.Fprintf(&b, "\nCREATE OR REPLACE TABLE %s AS SELECT * FROM read_json(%s, format = 'newline_delimited', columns = {\n  %s\n});\n",
			t.inSchema(t.name), quoteText(t.fileName()), strings.Join(columns, ",\n  "))
		fmt.Fprintf(&b, "COMMENT ON TABLE %s IS %s;\n", t.inSchema(t.name), quoteText(t.comment))
		for _, c := range t.columns {
			if c.comment != "" {
				fmt.Fprintf(&b, "COMMENT ON COLUMN %s.%s IS %s;\n", t.inSchema(t.name), quoteName(c.name), quoteText(c.comment))
			}
		}
	}
	b.WriteString("COMMIT;\n")
	return b.String()
}

// fileName is the file of a table.
func (t *table) fileName() string { return t.name + ".ndjson" }
