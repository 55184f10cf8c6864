// PostGraphile 5 over the views of view_peers.sql, one process. DATABASE: its URL. Prints its port.
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';

const service = makePgService({
  connectionString: process.env.DATABASE,
  schemas: ['peers'],
  poolConfig: { max: Number(process.env.CONNECTIONS_MAX) },
});
const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [service],
  disablePlugins: ['PgIndexBehaviorsPlugin'], // views have no indexes of their own, their tables have
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, websockets: false },
  grafast: { explain: false },
};
const made = postgraphile(preset);
if (process.argv[2] === 'schema') {
  const { printSchema } = await import('graphql');
  console.log(printSchema(await made.getSchema()));
  process.exit(0);
}
const server = createServer();
await made.createServ(grafserv).addTo(server);
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
