// Writes libs/events/vectors, and libs/events/forgeries: ledgers and bundles that say what is not so, and some that are honest, with
// the verdict that each must get (manifest.json). A verifier in any language is tried on them.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { vectors, vectorsFile } from '../forgeries/vectors.js';
import { certificateFiles, keptTokens, tokensFile } from '../forgeries/stamp-forgeries.js';
import { makeTokens } from './make-tokens.js';
import { contentOf } from '../forgeries/forgery.js';
import { allForgeries, folder, manifestOf } from '../forgeries/all-forgeries.js';

const tokens = keptTokens() ?? (await makeTokens());
await writeJson(tokensFile, tokens);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(new URL(name, folder));
const forgeries = allForgeries();
for (const forgery of forgeries) {
  writeFileSync(new URL(`${forgery.name}.${forgery.form}`, folder), contentOf(forgery));
}
for (const [name, text] of certificateFiles(tokens)) writeFileSync(new URL(name, folder), text);
await writeJson(new URL('manifest.json', folder), manifestOf(forgeries));
mkdirSync(new URL('.', vectorsFile), { recursive: true });
await writeJson(vectorsFile, vectors());

/** As every file here is written. */
async function writeJson(file: URL, value: unknown): Promise<void> {
  const filepath = fileURLToPath(file);
  const options = { ...(await resolveConfig(filepath)), filepath };
  writeFileSync(file, await format(JSON.stringify(value, null, 2), options));
}
