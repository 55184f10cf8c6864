// What changed between two schemas, and whether a client would notice: breaking, dangerous or safe (graphql-inspector).
import { readFileSync } from 'node:fs';
import { diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const [before, after] = process.argv.slice(2).map((path) => buildSchema(readFileSync(path, 'utf8')));
const WORDS = { BREAKING: 'breaking', DANGEROUS: 'dangerous', NON_BREAKING: 'safe' };
for (const change of await diff(before, after)) {
  console.log(JSON.stringify({ kind: WORDS[change.criticality.level], path: change.path ?? '', message: change.message }));
}
