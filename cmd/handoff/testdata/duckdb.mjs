// Runs SQL from stdin in DuckDB, and prints the rows of the last statement as JSON:
// node duckdb.mjs NODE_MODULES DATABASE
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, file] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(modules + '/')('@duckdb/node-api');
const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
const reader = await connection.runAndReadAll(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(reader.getRowObjectsJson()));
connection.closeSync();
instance.closeSync();
