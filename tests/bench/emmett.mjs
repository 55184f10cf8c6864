// Emmett's appendToStream: asked over stdin, answers with one number, appends per second.
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';

const { url, seconds, callers, type, data } = JSON.parse(readFileSync(0, 'utf8'));
const store = getPostgreSQLEventStore(url);
const append = () => store.appendToStream(`matter-${randomUUID()}`, [{ type, data }]);
await append();
const began = performance.now();
let appended = 0;
const caller = async () => {
  while (performance.now() < began + seconds * 1000) {
    await append();
    appended += 1;
  }
};
await Promise.all(Array.from({ length: callers }, caller));
const rate = appended / ((performance.now() - began) / 1000);
await store.close();
process.stdout.write(`${rate}\n`);
