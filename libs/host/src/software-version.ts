import { readFileSync } from 'node:fs';
import { ownFile } from './own-file.js';

export function softwareVersion(): string {
  // What npm read when it installed us.
  const text = readFileSync(ownFile('package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
