// Compiles every client's document three ways, as three kinds of frontends would: graphql-codegen's client preset,
// Relay's compiler, gql.tada; TypeScript then checks what came out. OUT: an empty folder; SCHEMA, DOCUMENTS: read.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Kind, parse, print, visit } from 'graphql';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const out = resolve(process.env.OUT);
const schema = readFileSync(process.env.SCHEMA, 'utf8');
const files = readdirSync(process.env.DOCUMENTS).filter((name) => name.endsWith('.graphql'));
const definitions = files.flatMap((name) => parse(readFileSync(join(process.env.DOCUMENTS, name), 'utf8')).definitions);
const fragments = new Map(definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION).map((d) => [d.name.value, d]));
const operations = definitions.filter((d) => d.kind === Kind.OPERATION_DEFINITION);

function needed(node, found = new Map()) {
  visit(node, {
    FragmentSpread(spread) {
      const name = spread.name.value;
      if (!found.has(name)) { found.set(name, fragments.get(name)); needed(fragments.get(name), found); }
    },
  });
  return found;
}

function run(folder, words) {
  const [program, ...rest] = words;
  execFileSync('node', [join(here, 'node_modules', program), ...rest], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

function folder(name) {
  const made = join(out, name);
  mkdirSync(join(made, 'src'), { recursive: true });
  symlinkSync(join(here, 'node_modules'), join(made, 'node_modules'));
  writeFileSync(join(made, 'schema.graphql'), schema);
  return made;
}

const COMPILER = { strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', target: 'es2022', skipLibCheck: true };

function codegen() {
  const at = folder('codegen');
  for (const [name, node] of fragments) writeFileSync(join(at, 'src', `${name}.graphql`), print(node));
  for (const node of operations) writeFileSync(join(at, 'src', `${node.name.value}.graphql`), print(node));
  const config = {
    schema: 'schema.graphql', documents: 'src/*.graphql',
    generates: { 'gql/': { preset: 'client', presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } } } },
  };
  writeFileSync(join(at, 'codegen.json'), JSON.stringify(config));
  run(at, ['@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.json', '--silent']);
  writeFileSync(join(at, 'use.ts'), `
import type { ResultOf } from '@graphql-typed-document-node/core';
import { CustomerScreenDocument, MeDocument } from './gql/graphql';
type Me = ResultOf<typeof MeDocument>;
export const roles = (me: Me): readonly string[] => me.viewer.roles;
export const document = CustomerScreenDocument;
`.replace('ResultOf<typeof MeDocument>', "NonNullable<(typeof MeDocument)['__apiType']> extends (v: any) => infer R ? R : never")
   .replace("import type { ResultOf } from '@graphql-typed-document-node/core';\n", ''));
  writeFileSync(join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER, files: ['use.ts'] }));
  run(at, ['typescript/bin/tsc', '-p', 'tsconfig.json']);
  return Object.keys(JSON.parse(readFileSync(join(at, 'gql', 'persisted-documents.json'), 'utf8'))).length;
}

// Relay insists on names: an operation is called after its module, and so is each fragment.
function relay() {
  const at = folder('relay');
  for (const node of operations) {
    const module = `Doc${node.name.value}`;
    const suffix = node.operation[0].toUpperCase() + node.operation.slice(1);
    const renamed = (part) => visit(part, {
      FragmentSpread: (spread) => ({ ...spread, name: { ...spread.name, value: `${module}_${spread.name.value}` } }),
      FragmentDefinition: { leave: (made) => ({ ...made, name: { ...made.name, value: `${module}_${made.name.value}` } }) },
      OperationDefinition: { leave: (made) => ({ ...made, name: { ...made.name, value: module + suffix } }) },
    });
    const parts = [node, ...needed(node).values()].map((part) => `graphql\`${print(renamed(part))}\`;`);
    writeFileSync(join(at, 'src', `${module}.ts`), `import { graphql } from 'relay-runtime';\n${parts.join('\n')}\n`);
  }
  const config = { src: './src', schema: './schema.graphql', language: 'typescript', eagerEsModules: true, customScalarTypes: {} };
  writeFileSync(join(at, 'relay.config.json'), JSON.stringify(config));
  run(at, ['relay-compiler/cli.js', 'relay.config.json']);
  const made = readdirSync(join(at, 'src', '__generated__')).filter((name) => /(Query|Mutation|Subscription)\.graphql\.ts$/.test(name));
  return made.length;
}

function tada() {
  const at = folder('tada');
  const names = operations.map((node) => node.name.value);
  const texts = operations.map((node) => [node, ...needed(node).values()].map(print).join('\n'));
  const body = names.map((name, index) => `export const ${name} = graphql(\`${texts[index]}\`);`).join('\n');
  const head = `import { initGraphQLTada, type ResultOf } from 'gql.tada';
import type { introspection } from './graphql-env.d.ts';
const graphql = initGraphQLTada<{ introspection: introspection; disableMasking: true }>();
`;
  const use = `export const kind = (me: ResultOf<typeof Me>): string => me.viewer.kind;
// @ts-expect-error: the schema has no such field
export const wrong = (me: ResultOf<typeof Me>): string => me.viewer.nothing;
`;
  writeFileSync(join(at, 'documents.ts'), `${head}${body}\n${use}`);
  const plugins = [{ name: 'gql.tada/ts-plugin', schema: './schema.graphql', tadaOutputLocation: './graphql-env.d.ts' }];
  const compilerOptions = { ...COMPILER, allowImportingTsExtensions: true, plugins };
  writeFileSync(join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['documents.ts'] }));
  run(at, ['gql.tada/bin/cli.js', 'generate-output']);
  run(at, ['typescript/bin/tsc', '-p', 'tsconfig.json']);
  return names.length;
}

const ways = { codegen, relay, tada };
try {
  const compiled = Object.fromEntries(process.argv.slice(2).map((way) => [way, ways[way]()]));
  console.log(JSON.stringify({ operations: operations.length, compiled }));
} catch (error) {
  console.error(String(error.message), String(error.stdout ?? ''), String(error.stderr ?? ''));
  process.exit(1);
}
