// Fastify, Mercurius with its JIT and loaders, and pg: CustomerScreen by hand, one process. DATABASE: its URL. Prints its port.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE, max: Number(process.env.CONNECTIONS_MAX) });
const rowsOf = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const schema = `
scalar DateTime
enum CaseStatus { OPEN WAITING RESOLVED }
input CustomerBy { id: ID! }
input StatusFilter { in: [CaseStatus!]! }
input CaseWhere { status: StatusFilter! }
type Query { customer(by: CustomerBy!): Customer }
type Agent { id: ID! ref: String! displayName: String! presence: String! }
type Handle { id: ID! kind: String! value: String! verified: Boolean! }
type Duo { owner: Agent partner: Agent }
type Satisfaction { score: Float responses: Int! }
type Case { id: ID! number: String! version: Int! subject: String status: CaseStatus! priority: String! channels: [String!]!
  openedAt: DateTime! lastContactAt: DateTime! dueAt: DateTime customer: Customer! assignee: Agent }
type Cases { totalCount: Int! nodes: [Case!]! }
type Customer { id: ID! displayName: String! version: Int! handles: [Handle!]! duo: Duo! satisfaction: Satisfaction
  cases(where: CaseWhere!, first: Int = 10): Cases! timeline(first: Int = 50, after: String): Timeline! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Timeline { pageInfo: PageInfo! nodes: [TimelineEntry!]! }
type Money { amount: String! currencyCode: String! }
union Actor = Agent | Customer
interface TimelineEntry { id: ID! occurredAt: DateTime! case: Case actor: Actor }
type Contact implements TimelineEntry { id: ID! occurredAt: DateTime! case: Case actor: Actor
  direction: String! channel: String! visibility: String! subject: String text: String deliveryStatus: String! }
type Note implements TimelineEntry { id: ID! occurredAt: DateTime! case: Case actor: Actor text: String }
type Gesture implements TimelineEntry { id: ID! occurredAt: DateTime! case: Case actor: Actor
  kind: String! status: String! amount: Money }
type Assignment implements TimelineEntry { id: ID! occurredAt: DateTime! case: Case actor: Actor agent: Agent reason: String }
type Commitment implements TimelineEntry { id: ID! occurredAt: DateTime! case: Case actor: Actor
  text: String dueAt: DateTime status: String! }
type StatusChange implements TimelineEntry { id: ID! occurredAt: DateTime! case: Case actor: Actor status: CaseStatus! }`;

const CUSTOMER = `SELECT customer_id AS id, display_name AS "displayName", version, owner_id, partner_id
  FROM customers WHERE customer_id = ANY($1)`;
const HANDLES = `SELECT customer_id, handle_id AS id, kind, written AS value, assurance <> 'SELF_ASSERTED' AS verified
  FROM handles WHERE customer_id = ANY($1) ORDER BY added_at, handle_id`;
const AGENTS = 'SELECT agent_id AS id, ref, display_name AS "displayName", presence FROM agents WHERE agent_id = ANY($1)';
const CASES = `SELECT u.n, c.total, c.* FROM unnest($1::uuid[], $2::text[], $3::int[]) WITH ORDINALITY u(id, statuses, first, n),
  LATERAL (SELECT case_id AS id, number, version, subject, status, priority, channels, opened_at AS "openedAt",
      last_contact_at AS "lastContactAt", due_at AS "dueAt", customer_id, assignee_id, count(*) OVER () AS total
    FROM cases WHERE customer_id = u.id AND status = ANY(string_to_array(u.statuses, ','))
    ORDER BY last_contact_at DESC, case_id DESC LIMIT u.first) c`;
// What an entry shows of its case and of who acted comes along: a loader for each of its types would ask a dozen times.
const TIMELINE = `SELECT u.n, t.*, c.number, a.agent_id AS actor_agent_id, a.display_name AS actor_agent_name, a.presence,
    o.display_name AS actor_customer_name
  FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY u(id, first, n), LATERAL (SELECT entry_id, kind, case_id, occurred_at,
      CASE WHEN actor_kind = 'AGENT' THEN actor_ref END AS agent_ref,
      CASE WHEN actor_kind = 'CUSTOMER' THEN actor_ref::uuid END AS actor_customer_id,
      direction, channel, visibility, subject, text, delivery_status, gesture_kind, gesture_status,
      round(amount_minor / 100.0, 2)::text AS amount, currency, agent_id, reason, due_at, commitment_status, case_status
    FROM timeline WHERE customer_id = u.id ORDER BY occurred_at DESC, entry_id DESC LIMIT u.first + 1) t
  LEFT JOIN cases c USING (case_id) LEFT JOIN agents a ON a.ref = t.agent_ref
  LEFT JOIN customers o ON o.customer_id = t.actor_customer_id ORDER BY u.n, t.occurred_at DESC, t.entry_id DESC`;

const TYPES = {
  CONTACT: 'Contact',
  NOTE: 'Note',
  GESTURE: 'Gesture',
  ASSIGNMENT: 'Assignment',
  COMMITMENT: 'Commitment',
  STATUS_CHANGE: 'StatusChange',
};

const actorOf = (row) => {
  if (row.actor_agent_id) {
    const { actor_agent_id: id, agent_ref: ref, actor_agent_name: displayName, presence } = row;
    return { __typename: 'Agent', id, ref, displayName, presence };
  }
  if (!row.actor_customer_id) return null;
  return { __typename: 'Customer', id: row.actor_customer_id, displayName: row.actor_customer_name };
};

const entryOf = (row) => ({
  __typename: TYPES[row.kind],
  id: row.entry_id,
  occurredAt: row.occurred_at,
  case: row.number ? { id: row.case_id, number: row.number } : null,
  actor: actorOf(row),
  direction: row.direction,
  channel: row.channel,
  visibility: row.visibility,
  subject: row.subject,
  text: row.text,
  deliveryStatus: row.delivery_status,
  kind: row.gesture_kind,
  amount: row.amount ? { amount: row.amount, currencyCode: row.currency } : null,
  agent_id: row.agent_id,
  reason: row.reason,
  dueAt: row.due_at,
  status: row.gesture_status ?? row.commitment_status ?? row.case_status,
});

const byId = async (name, text, ids) => {
  const found = await rowsOf(name, text, [[...new Set(ids.filter(Boolean))]]);
  const rows = new Map(found.map((row) => [row.id, row]));
  return ids.map((id) => rows.get(id) ?? null);
};
const byTurn = (queries, rows) => {
  const turns = queries.map(() => []);
  for (const row of rows) turns[row.n - 1].push(row);
  return turns;
};
// Its own cache would name each parent by its whole JSON: what comes twice is asked for once by `byId`.
const loader = (load) => ({ loader: load, opts: { cache: false } });
const agent = (key) => loader((queries) => byId('agents', AGENTS, queries.map(({ obj }) => obj[key])));

const loaders = {
  Customer: {
    handles: loader(async (queries) => {
      const rows = await rowsOf('handles', HANDLES, [queries.map(({ obj }) => obj.id)]);
      return queries.map(({ obj }) => rows.filter((row) => row.customer_id === obj.id));
    }),
    cases: loader(async (queries) => {
      const statuses = queries.map(({ params }) => params.where.status.in.join(','));
      const firsts = queries.map(({ params }) => params.first);
      const rows = await rowsOf('cases', CASES, [queries.map(({ obj }) => obj.id), statuses, firsts]);
      return byTurn(queries, rows).map((nodes) => ({ totalCount: Number(nodes[0]?.total ?? 0), nodes }));
    }),
    timeline: loader(async (queries) => {
      const firsts = queries.map(({ params }) => params.first);
      const rows = await rowsOf('timeline', TIMELINE, [queries.map(({ obj }) => obj.id), firsts]);
      return byTurn(queries, rows).map((found, turn) => {
        const nodes = found.slice(0, firsts[turn]).map(entryOf);
        return { nodes, pageInfo: { hasNextPage: found.length > firsts[turn], endCursor: nodes.at(-1)?.id } };
      });
    }),
  },
  Duo: { owner: agent('owner_id'), partner: agent('partner_id') },
  Case: {
    assignee: agent('assignee_id'),
    customer: loader((queries) => byId('customers', CUSTOMER, queries.map(({ obj }) => obj.customer_id))),
  },
  Assignment: { agent: agent('agent_id') },
};

const resolvers = {
  Query: { customer: async (_, { by }) => (await rowsOf('customers', CUSTOMER, [[by.id]]))[0] ?? null },
  Customer: { duo: (customer) => customer, satisfaction: () => null },
  TimelineEntry: { resolveType: (entry) => entry.__typename },
  Actor: { resolveType: (actor) => actor.__typename },
};

const app = Fastify();
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${app.server.address().port}\n`);
