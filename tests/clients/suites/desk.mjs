// What every suite needs: the desk's address and token, and a note to make something happen.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export const url = process.env.URL;
export const wsUrl = url.replace('http', 'ws');
export const authorization = `Bearer ${process.env.TOKEN}`;
export const caseId = process.env.CASE_ID;
export const operations = JSON.parse(process.env.OPERATIONS);

export async function post(query, variables = {}) {
  const headers = { 'content-type': 'application/json', authorization };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

export async function note(text) {
  const input = { caseId, text, idempotencyKey: randomUUID() };
  const { caseNoteAdd } = await post(operations.CaseNoteAdd, { input });
  assert.deepEqual(caseNoteAdd.errors, []);
  return caseNoteAdd.case.version;
}

// Cases as they stand in one inbox, over pages of two.
export const PAGED = `query Paged($after: String) { inbox(first: 2, after: $after) {
  edges { cursor node { id number __typename } } pageInfo { hasNextPage endCursor startCursor hasPreviousPage } } }`;
export const AGAIN = 'query Again($id: ID!) { node(id: $id) { __typename id ... on Case { version subject } } }';

export async function within(promise, what, ms = 15000) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`late: ${what}`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
