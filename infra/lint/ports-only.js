#!/usr/bin/env node
// What oxlint's rules cannot name: wall time, chance and the environment may be read in few places
// only, so that a simulator can replace them. Prints each offence and ends with 1 if there is any.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const rules = [
  { pattern: /\bDate\.now\b/, remedy: 'take the injected Clock', allowed: /^libs\/ports\/src\// },
  {
    pattern: /\bnew Date\(\s*\)/,
    remedy: 'take the injected Clock',
    allowed: /^libs\/ports\/src\//,
  },
  {
    pattern: /\bMath\.random\b/,
    remedy: 'take the injected Randomness',
    allowed: /^libs\/ports\/src\//,
  },
  {
    pattern: /\bprocess\.env\b/,
    remedy: 'read settings in config/ and pass them on',
    allowed: /^apps\/[a-z]+\/src\/(config\/|main\.ts$)/,
  },
];
const exempt = /\.(spec|contract)\.ts$|\/testing\//;

/** Offences in one file's text: `{line, remedy}`. `path` is relative to the repository. */
export function offencesIn(path, text) {
  if (exempt.test(path)) return [];
  return text.split('\n').flatMap((line, index) =>
    /^\s*(\/\/|\*|\/\*)/.test(line)
      ? []
      : rules
          .filter(({ pattern, allowed }) => pattern.test(line) && !allowed.test(path))
          .map(({ pattern, remedy }) => ({
            line: index + 1,
            text: `${pattern.source.replaceAll('\\b', '').replaceAll('\\', '')}: ${remedy}`,
          })),
  );
}

function* sourcesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesBelow(path);
    else if (entry.name.endsWith('.ts')) yield path;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  let found = 0;
  for (const folder of ['apps', 'libs']) {
    for (const file of sourcesBelow(join(root, folder))) {
      const path = relative(root, file);
      for (const { line, text } of offencesIn(path, readFileSync(file, 'utf8'))) {
        found += 1;
        console.error(`${path}:${line}  ${text}`);
      }
    }
  }
  process.exit(found === 0 ? 0 : 1);
}
