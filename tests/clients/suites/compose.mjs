// Composes our subgraph with another team's, which refers to our customers; prints the supergraph.
import { readFileSync } from 'node:fs';
import { compositionHasErrors, composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

const services = process.argv.slice(2).map((path, number) => ({
  name: ['desk', 'orders'][number], url: `http://127.0.0.1:${number + 1}`, typeDefs: parse(readFileSync(path, 'utf8')),
}));
const result = composeServices(services);
if (compositionHasErrors(result)) {
  for (const error of result.errors) console.error(error.message);
  process.exit(1);
}
console.log(result.supergraphSdl);
