// Relay's runtime with artifacts of its own compiler: a connection that grows page by page, and a refetch by `node`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import runtime from 'relay-runtime';
import { authorization, caseId, note, url } from './desk.mjs';

const { Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getRequest } = runtime;
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const at = process.env.OUT;
mkdirSync(join(at, 'src'), { recursive: true });
symlinkSync(join(here, 'node_modules'), join(at, 'node_modules'));
copyFileSync(process.env.SCHEMA, join(at, 'schema.graphql'));
writeFileSync(join(at, 'package.json'), '{"type": "module"}');
writeFileSync(join(at, 'src', 'Desk.js'), `import { graphql } from 'relay-runtime';
graphql\`query DeskInboxQuery($after: String) { inbox(first: 2, after: $after) @connection(key: "Desk_inbox") {
  edges { node { id number } } pageInfo { hasNextPage endCursor } } }\`;
graphql\`query DeskCaseQuery($id: ID!) { node(id: $id) { __typename id ... on Case { version customer { displayName } } } }\`;
`);
writeFileSync(join(at, 'relay.config.json'), JSON.stringify({
  src: './src', schema: './schema.graphql', language: 'javascript', eagerEsModules: true,
}));
execFileSync('node', [join(here, 'node_modules/relay-compiler/cli.js'), 'relay.config.json'], { cwd: at, stdio: 'pipe' });
const artifact = async (name) =>
  (await import(pathToFileURL(join(at, 'src', '__generated__', `${name}.graphql.js`)).href)).default;
const [inboxQuery, caseQuery] = [await artifact('DeskInboxQuery'), await artifact('DeskCaseQuery')];

async function ask(request, variables) {
  const headers = { 'content-type': 'application/json', authorization };
  const body = JSON.stringify({ query: request.text, variables });
  return (await fetch(url, { method: 'POST', headers, body })).json();
}
const environment = new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
const get = (query, variables) => fetchQuery(environment, query, variables, { fetchPolicy: 'network-only' }).toPromise();

let page = await get(inboxQuery, {});
let pages = 1;
while (page.inbox.pageInfo.hasNextPage) {
  page = await get(inboxQuery, { after: page.inbox.pageInfo.endCursor });
  pages += 1;
}
const descriptor = createOperationDescriptor(getRequest(inboxQuery), {});
environment.retain(descriptor);
const whole = environment.lookup(descriptor.fragment).data.inbox.edges.map((edge) => edge.node.id);
assert.ok(pages >= 3);
assert.equal(new Set(whole).size, whole.length);
assert.equal(whole.length, Number(process.env.CASES));

const before = (await get(caseQuery, { id: caseId })).node.version;
await note('The neighbour has it.');
const after = (await get(caseQuery, { id: caseId })).node;
assert.equal(after.version, before + 1);
assert.equal(after.__typename, 'Case');
console.log('ok');
