package export

import (
	"fmt"
	"strings"
)

// The script that psql runs is one transaction. It makes the tables where there are
// none, copies all rows beside them, and at the end puts those of every repository
// that was read to its end in the place of what is there. Text of records stands
// between COPY and its end mark alone. A script that breaks off changes nothing.

// tablesVersion is the version of the tables: another one when a column changes.
const tablesVersion = 1

// schemaName is the schema of the tables.
const schemaName = "handoff"

// PostgresSchema is the SQL that makes the tables where they are not there.
func PostgresSchema() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE SCHEMA IF NOT EXISTS %s;\n", schemaName)
	fmt.Fprintf(&b, "COMMENT ON SCHEMA %s IS %s;\n\n", schemaName, quoteText("the handoffs of many repositories, as handoff export --format postgres wrote them"))
	fmt.Fprintf(&b, "CREATE TABLE IF NOT EXISTS %s.schema_version (version integer NOT NULL);\n", schemaName)
	fmt.Fprintf(&b, "INSERT INTO %[1]s.schema_version SELECT %[2]d WHERE NOT EXISTS (SELECT FROM %[1]s.schema_version);\n", schemaName, tablesVersion)
	for _, t := range warehouse() {
		b.WriteString("\n" + t.create())
	}
	return b.String()
}

func (t *table) create() string {
	var lines []string
	for _, c := range t.columns {
		line := quoteName(c.name) + " " + c.postgres
		if c.key {
			line += " NOT NULL"
		}
		if t.name != reposTable && c.name == repoColumn {
			line += fmt.Sprintf(" REFERENCES %s ON DELETE CASCADE", t.inSchema(reposTable))
		}
		lines = append(lines, line)
	}
	if t.name == RecordsTable {
		lines = append(lines, quoteName(goneColumn)+" timestamptz")
	}
	lines = append(lines, "PRIMARY KEY ("+quoteNames(t.key)+")")
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE IF NOT EXISTS %s (\n  %s\n);\n", t.inSchema(t.name), strings.Join(lines, ",\n  "))
	fmt.Fprintf(&b, "COMMENT ON TABLE %s IS %s;\n", t.inSchema(t.name), quoteText(t.comment))
	for _, c := range t.columns {
		if c.comment != "" {
			fmt.Fprintf(&b, "COMMENT ON COLUMN %s.%s IS %s;\n", t.inSchema(t.name), quoteName(c.name), quoteText(c.comment))
		}
	}
	if t.name == RecordsTable {
		fmt.Fprintf(&b, "COMMENT ON COLUMN %s.%s IS %s;\n", t.inSchema(t.name), quoteName(goneColumn),
			quoteText("when a load found that the repository has it no more, as after a rewrite of its history; the other tables know nothing of it"))
	}
	return b.String()
}

const (
	repoColumn = "repo"
	goneColumn = "gone_at" // of records; the database's own
)

// postgresHead is what comes before the rows.
func postgresHead() string {
	var b strings.Builder
	b.WriteString(`-- Made by handoff export --format postgres. Run it with psql -X.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
BEGIN;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
SET LOCAL client_min_messages = warning;
DO $$ BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'the database has the encoding %, and UTF8 is needed', current_setting('server_encoding');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('handoff export', 0)); -- one load after the other
END $$;
SELECT to_regclass('handoff.schema_version') IS NULL AS missing \gset
\if :missing
`)
	b.WriteString(PostgresSchema())
	fmt.Fprintf(&b, `\endif
DO $$ BEGIN
  IF EXISTS (SELECT FROM handoff.schema_version WHERE version <> %d) THEN
    RAISE EXCEPTION 'the tables are of another version of handoff: DROP SCHEMA handoff CASCADE, and load again';
  END IF;
END $$;
`, tablesVersion)
	for _, t := range warehouse() {
		fmt.Fprintf(&b, "CREATE TEMP TABLE %s (LIKE %s) ON COMMIT DROP;\n", t.loaded(), t.inSchema(t.name))
	}
	return b.String()
}

// copyBegin begins the rows of a table, copyEnd ends them.
func (t *table) copyBegin() string {
	return fmt.Sprintf("COPY pg_temp.%s (%s) FROM stdin;\n", t.loaded(), t.columnNames())
}

const copyEnd = "\\.\n"

// copying is a script among whose rows one may stand.
type copying struct{ table string } // whose rows are being copied, "" for none

// next is what comes before a row of a table; of "", behind the last one.
func (c *copying) next(name string) string {
	if name == c.table {
		return ""
	}
	end, begin := "", ""
	if c.table != "" {
		end = copyEnd
	}
	for _, t := range warehouse() {
		if t.name == name {
			begin = t.copyBegin()
		}
	}
	c.table = name
	return end + begin
}

// postgresTail is what comes behind the rows. Of a repository that was read to its
// end, what the load has not is no longer so: a state is removed, a record is marked.
func postgresTail() string {
	var b strings.Builder
	for _, t := range warehouse() {
		fmt.Fprintf(&b, "ANALYZE pg_temp.%s;\n", t.loaded())
	}
	for _, t := range warehouse() {
		if t.name != reposTable {
			b.WriteString(t.leaveOut())
		}
		b.WriteString(t.merge())
	}
	b.WriteString("COMMIT;\n")
	return b.String()
}

// leaveOut is the SQL for rows that the load has not.
func (t *table) leaveOut() string {
	same := make([]string, len(t.key))
	for i, name := range t.key {
		same[i] = fmt.Sprintf("n.%[1]s = t.%[1]s", quoteName(name))
	}
	missing := fmt.Sprintf("t.repo = r.repo AND NOT EXISTS (SELECT FROM pg_temp.%s n WHERE %s)", t.loaded(), strings.Join(same, " AND "))
	if t.name == RecordsTable {
		return fmt.Sprintf("UPDATE %s t SET %s = r.read_at FROM pg_temp.new_repos r WHERE t.%[2]s IS NULL AND %[3]s;\n", t.inSchema(t.name), quoteName(goneColumn), missing)
	}
	return fmt.Sprintf("DELETE FROM %s t USING pg_temp.new_repos r WHERE %s;\n", t.inSchema(t.name), missing)
}

// merge is the SQL that puts the rows of the load into the table. What is as it was is
// not written; a commit alone is no change, for every one of the branch has the record.
func (t *table) merge() string {
	var set, old, updated []string
	for _, c := range t.columns {
		if c.key {
			continue
		}
		name := quoteName(c.name)
		set = append(set, name+" = EXCLUDED."+name)
		if t.name != RecordsTable || c.name != "commit" {
			old, updated = append(old, "t."+name), append(updated, "EXCLUDED."+name)
		}
	}
	if t.name == RecordsTable {
		gone := quoteName(goneColumn)
		set, old, updated = append(set, gone+" = NULL"), append(old, "t."+gone), append(updated, "NULL")
	}
	action := "NOTHING"
	if len(set) > 0 {
		action = fmt.Sprintf("UPDATE SET\n  %s\n  WHERE (%s)\n  IS DISTINCT FROM (%s)", strings.Join(set, ", "), strings.Join(old, ", "), strings.Join(updated, ", "))
	}
	return fmt.Sprintf("INSERT INTO %s AS t (%s)\n  SELECT %[2]s FROM pg_temp.%[3]s WHERE repo IN (SELECT repo FROM pg_temp.new_repos)\n  ON CONFLICT (%[4]s) DO %[5]s;\n",
		t.inSchema(t.name), t.columnNames(), t.loaded(), quoteNames(t.key), action)
}

// loaded is the table that a load copies the rows to.
func (t *table) loaded() string { return "new_" + t.name }

func (t *table) inSchema(name string) string { return schemaName + "." + name }

func (t *table) columnNames() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return quoteNames(names)
}

// quoteName writes a name that may be a keyword, such as to.
func quoteName(name string) string { return `"` + name + `"` }

func quoteNames(names []string) string {
	return `"` + strings.Join(names, `", "`) + `"`
}

// quoteText is text as SQL has it.
func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
