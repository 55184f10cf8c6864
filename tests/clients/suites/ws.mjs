// graphql-ws: live, cut, back again with the last cursor; nothing is missed and nothing comes twice.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { authorization, caseId, note, operations, within, wsUrl } from './desk.mjs';

let socket;
class Watched extends WebSocket { constructor(...words) { super(...words); socket = this; } }
const client = createClient({ url: wsUrl, webSocketImpl: Watched, connectionParams: { authorization }, lazy: true, retryAttempts: 0 });
const versions = [];
let cursor = null;

async function follow(until) {
  const items = client.iterate({ query: operations.CaseEvents, variables: { caseId, after: cursor } });
  for await (const { data, errors } of items) {
    assert.equal(errors, undefined, JSON.stringify(errors));
    const item = data.caseEvents;
    cursor = item.cursor ?? cursor;
    if (item.__typename === 'CaseChanged') versions.push(item.version);
    if (until(item)) return;
  }
}

const live = follow((item) => item.__typename === 'Heartbeat');
await within(live, 'the first heartbeat');
const first = await note('One.');
await within(follow((item) => item.version === first), 'the first note');
const broken = follow(() => false).catch(() => 'cut');
await new Promise((resolve) => setTimeout(resolve, 200));
socket.terminate();
assert.equal(await within(broken, 'the cut'), 'cut');
const second = await note('Two.');
const third = await note('Three.');
await within(follow((item) => item.version === third), 'what was missed');
assert.deepEqual(versions, [first, second, third]);
await client.dispose();
console.log('ok');
