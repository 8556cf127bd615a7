// A session of the official client library: from its beginning to a draft. The
// arguments are the node_modules that have the library, and a handoff in YAML.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, handoff] = process.argv.slice(2);
const require = createRequire(join(modules, 'none.cjs'));
const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js');

const client = new Client({ name: 'official-client', version: '1.0.0' });
await client.connect(new StdioClientTransport({ command: 'handoff', args: ['mcp'], env: process.env, stderr: 'inherit' }));
const { tools } = await client.listTools();
const { resourceTemplates } = await client.listResourceTemplates();
const declared = await client.callTool({ name: 'declare', arguments: { handoff } });
const drafts = await client.callTool({ name: 'draft', arguments: {} });
const read = await client.readResource({ uri: 'handoff://record/%40ana' });
const unknown = await client.callTool({ name: 'publish', arguments: { number: 1 } }).catch((e) => ({ code: e.code }));
await client.close();
console.log(JSON.stringify({
  tools: tools.map((t) => t.name), resources: resourceTemplates.map((t) => t.name),
  failed: Boolean(declared.isError || drafts.isError),
  declared: JSON.parse(declared.content[0].text), drafts: JSON.parse(drafts.content[0].text),
  read: JSON.parse(read.contents[0].text), unknown: unknown.code ?? unknown,
}));
