// graphql-sse (distinct connections): live, cut, back again with the last cursor; nothing is missed or doubled.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-sse';
import { authorization, caseId, note, operations, url, within } from './desk.mjs';

const client = createClient({ url, headers: { authorization }, retryAttempts: 0 });
const versions = [];
let cursor = null;

async function follow(until) {
  const items = client.iterate({ query: operations.CaseEvents, variables: { caseId, after: cursor } });
  for await (const { data } of items) {
    const item = data.caseEvents;
    cursor = item.cursor ?? cursor;
    if (item.__typename === 'CaseChanged') versions.push(item.version);
    if (until(item)) return;  // leaving the loop ends the request
  }
}

await within(follow((item) => item.__typename === 'Heartbeat'), 'the first heartbeat');
const first = await note('One.');
await within(follow((item) => item.version === first), 'the first note');
const second = await note('Two.');
const third = await note('Three.');
await within(follow((item) => item.version === third), 'what was missed');
assert.deepEqual(versions, [first, second, third]);
client.dispose();
console.log('ok');
