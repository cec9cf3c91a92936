// Writes libs/events/vectors, and libs/events/forgeries: ledgers and bundles that say what is not so, and some that are honest, with
// the verdict that each must get (manifest.json). A verifier in any language is tried on them.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { vectors, vectorsFile } from '../forgeries/vectors.js';
import { certificateFiles, keptTokens, tokensFile } from '../forgeries/stamp-forgeries.js';
import { makeTokens } from './make-tokens.js';
import { contentOf } from '../forgeries/forgery.js';
import { allForgeries, folder, manifestOf } from '../forgeries/all-forgeries.js';

const tokens = keptTokens() ?? (await makeTokens());
writeFileSync(tokensFile, `${JSON.stringify(tokens, null, 2)}\n`);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(new URL(name, folder));
const forgeries = allForgeries();
for (const forgery of forgeries) {
  writeFileSync(new URL(`${forgery.name}.${forgery.form}`, folder), contentOf(forgery));
}
for (const [name, text] of certificateFiles(tokens)) writeFileSync(new URL(name, folder), text);
const manifest = JSON.stringify(manifestOf(forgeries), null, 2);
writeFileSync(new URL('manifest.json', folder), `${manifest}\n`);
mkdirSync(new URL('.', vectorsFile), { recursive: true });
writeFileSync(vectorsFile, `${JSON.stringify(vectors(), null, 2)}\n`);
