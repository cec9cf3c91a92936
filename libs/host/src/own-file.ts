import { readFileSync } from 'node:fs';

let root: URL | undefined;

/** A file that comes with us, by its path from our package.json, which is above this file wherever it was put. */
export function ownFile(path: string): URL {
  root ??= rootAbove(new URL('.', import.meta.url));
  return new URL(path, root);
}

function rootAbove(folder: URL): URL {
  if (isRoot(folder)) return folder;
  const above = new URL('..', folder);
  if (above.href !== folder.href) return rootAbove(above);
  throw new Error(
    `There is no package.json of oakring above ${import.meta.url}: install oakring again.`,
  );
}

function isRoot(folder: URL): boolean {
  try {
    const text = readFileSync(new URL('package.json', folder), 'utf8');
    return (JSON.parse(text) as { readonly name?: unknown }).name === 'oakring';
  } catch {
    return false;
  }
}
