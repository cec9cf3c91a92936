import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const text = readFileSync('ARCHITECTURE.md', 'utf8');
const guarantees = text.slice(text.indexOf('## Guarantees'), text.indexOf('## To add'));
const specs = allFiles('.').filter((path) => /\.(spec|contract)\.ts$/.test(path));
const titles = specs.map((path) => readFileSync(path, 'utf8')).join('\n');

function allFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (['node_modules', 'dist', '.git'].includes(entry.name)) return [];
    return entry.isDirectory() ? allFiles(path) : [path];
  });
}

describe('ARCHITECTURE.md', () => {
  it.each([...guarantees.matchAll(/"([^"]+?)…?"/g)].map((match) => match[1] ?? ''))(
    'names a test that exists: %s',
    (title) => expect(titles).toContain(title),
  );

  it.each([...guarantees.matchAll(/`([^`*…]+\.(?:spec|contract)\.ts)`/g)].map((m) => m[1] ?? ''))(
    'names a file that exists: %s',
    (path) => expect(specs.some((spec) => spec.endsWith(path))).toBe(true),
  );

  it.each([...text.matchAll(/`((?:apps|libs|test|docs)\/[\w./-]+)`/g)].map((m) => m[1] ?? ''))(
    'names a place that exists: %s',
    (path) => expect(existsSync(path)).toBe(true),
  );
});
