// urql with graphcache: normalised by id, pages joined by Relay's rule, a mutation that updates what is shown, `node`.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { buildSchema, introspectionFromSchema } from 'graphql';
import { AGAIN, PAGED, authorization, caseId, operations, url } from './desk.mjs';

const schema = introspectionFromSchema(buildSchema(readFileSync(process.env.SCHEMA, 'utf8')));
const warned = [];
const client = new Client({
  url,
  preferGetMethod: false,
  fetchOptions: { headers: { authorization } },
  exchanges: [
    cacheExchange({
      schema,
      resolvers: { Query: { inbox: relayPagination() } },
      keys: { Money: () => null, Candidate: () => null, Duo: () => null, Satisfaction: () => null, PageInfo: () => null },
      logger: (kind, message) => warned.push(`${kind}: ${message}`),
    }),
    fetchExchange,
  ],
});
async function query(document, variables = {}, context = {}) {
  const result = await client.query(document, variables, context).toPromise();
  assert.equal(result.error, undefined, String(result.error));
  return result.data;
}

assert.equal((await query(operations.Me)).viewer.kind, 'PERSON');
let page = await query(PAGED);
while (page.inbox.pageInfo.hasNextPage) page = await query(PAGED, { after: page.inbox.pageInfo.endCursor });
const joined = page.inbox.edges.map((edge) => edge.node.id);
const inbox = await query(operations.AgentInbox, { first: 50 }, { requestPolicy: 'network-only' });
assert.deepEqual(joined, inbox.inbox.nodes.map((node) => node.id));

const before = (await query(operations.CaseScreen, { id: caseId })).case.version;
const input = { caseId, text: 'Sent a new label.', idempotencyKey: randomUUID() };
const noted = await client.mutation(operations.CaseNoteAdd, { input }).toPromise();
assert.deepEqual(noted.data.caseNoteAdd.errors, []);
const cached = await client.query(operations.CaseScreen, { id: caseId }, { requestPolicy: 'cache-only' }).toPromise();
assert.equal(cached.data.case.version, before + 1, 'the cache was updated by the payload alone');
assert.equal((await query(AGAIN, { id: caseId }, { requestPolicy: 'network-only' })).node.version, before + 1);
assert.deepEqual(warned.filter((line) => line.startsWith('error')), []);
console.log('ok');
