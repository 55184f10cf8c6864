// Apollo Client: the desk from its cache, pages joined by Relay's rule, a mutation that updates what is shown, `node`.
import assert from 'node:assert/strict';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { randomUUID } from 'node:crypto';
import { AGAIN, PAGED, authorization, caseId, operations, url } from './desk.mjs';

const cache = new InMemoryCache({ typePolicies: { Query: { fields: { inbox: relayStylePagination() } } } });
const client = new ApolloClient({ cache, link: new HttpLink({ uri: url, headers: { authorization } }) });

const me = await client.query({ query: gql(operations.Me) });
assert.equal(me.data.viewer.kind, 'PERSON');
const inbox = await client.query({ query: gql(operations.AgentInbox), variables: { first: 50 }, fetchPolicy: 'no-cache' });
const wanted = inbox.data.inbox.nodes.map((node) => node.id);

const paged = client.watchQuery({ query: gql(PAGED) });
const seen = paged.subscribe(() => {});
let page = (await client.query({ query: gql(PAGED) })).data.inbox.pageInfo;
for (let pages = 1; page.hasNextPage; pages += 1) {
  assert.ok(pages < wanted.length, 'pages without an end');
  page = (await paged.fetchMore({ variables: { after: page.endCursor } })).data.inbox.pageInfo;
}
seen.unsubscribe();
const joined = client.readQuery({ query: gql(PAGED) }).inbox.edges.map((edge) => edge.node.id);
assert.deepEqual(joined, wanted);

const screen = { query: gql(operations.CaseScreen), variables: { id: caseId } };
const before = (await client.query(screen)).data.case.version;
const input = { caseId, text: 'Called the carrier.', idempotencyKey: randomUUID() };
const noted = await client.mutate({ mutation: gql(operations.CaseNoteAdd), variables: { input } });
assert.deepEqual(noted.data.caseNoteAdd.errors, []);
const cached = client.readQuery(screen);
assert.equal(cached.case.version, before + 1, 'the cache was updated by the payload alone');
const again = await client.query({ query: gql(AGAIN), variables: { id: caseId }, fetchPolicy: 'network-only' });
assert.equal(again.data.node.version, before + 1);
const customer = await client.query({ query: gql(operations.CustomerScreen), variables: { id: cached.case.customer.id } });
assert.ok(customer.data.customer.timeline.nodes.length > 0);
console.log('ok');
