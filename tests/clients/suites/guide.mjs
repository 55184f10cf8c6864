// docs/api/start.md as it is written: its files and its commands, with the packages of this folder in place of npm's
// and TypeScript in place of tsx. CHECKOUT: read; OUT: an empty folder; EENDER_URL, EENDER_TOKEN: a desk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const { CHECKOUT, OUT } = process.env;
const guide = readFileSync(join(CHECKOUT, 'docs/api/start.md'), 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind, text]) => ({ kind, text }));
const [config, screen] = ['json', 'ts'].map((wanted) => blocks.filter(({ kind }) => kind === wanted).map(({ text }) => text));
assert.deepEqual([config.length, screen.length], [1, 1]);

const at = resolve(OUT, 'my-screen');
mkdirSync(at);
symlinkSync(join(CHECKOUT, 'contracts'), resolve(OUT, 'contracts'));
symlinkSync(join(here, 'node_modules'), join(at, 'node_modules'));
copyFileSync(join(CHECKOUT, 'tests/clients/documents/desk.graphql'), join(at, 'desk.graphql'));
writeFileSync(join(at, 'package.json'), '{"type": "module"}');
writeFileSync(join(at, 'codegen.json'), config[0]);
writeFileSync(join(at, 'screen.ts'), screen[0]);

const PROGRAMS = { 'graphql-codegen': '@graphql-codegen/cli/cjs/bin.js', tsc: 'typescript/bin/tsc' };
function run(program, ...words) {
  return execFileSync('node', [join(here, 'node_modules', PROGRAMS[program]), ...words], { cwd: at, encoding: 'utf8' });
}

const commands = blocks.filter(({ kind }) => kind === 'sh').flatMap(({ text }) => text.split(/\n|&&/)).map((line) => line.trim().split(' '));
const typed = commands.filter(([npx, program]) => npx === 'npx' && program in PROGRAMS);
try {
  for (const [, program, ...words] of typed) run(program, ...words);
  for (const name of ['screen', 'gql/graphql']) {  // checked by now: only the types are to go
    const options = { module: 'esnext', target: 'es2022', rewriteRelativeImportExtensions: true };
    const { outputText } = ts.transpileModule(readFileSync(join(at, `${name}.ts`), 'utf8'), { compilerOptions: options });
    mkdirSync(dirname(join(at, 'js', name)), { recursive: true });
    writeFileSync(join(at, 'js', `${name}.js`), outputText);
  }
  const said = execFileSync('node', [join('js', 'screen.js')], { cwd: at, encoding: 'utf8' });
  console.log(JSON.stringify({ commands: typed.map(([, program]) => program), said }));
} catch (error) {
  console.error(String(error.message), String(error.stdout ?? ''), String(error.stderr ?? ''));
  process.exit(1);
}
