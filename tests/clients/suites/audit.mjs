// Asks the audits of graphql-http about one server; prints one JSON object per audit.
import { auditServer } from 'graphql-http';

const authorization = `Bearer ${process.env.TOKEN}`;
const results = await auditServer({
  url: process.env.URL,
  fetchFn: (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, authorization } }),
});
for (const { id, name, status, reason } of results) {
  console.log(JSON.stringify({ id, name, status, reason: reason ?? null }));
}
