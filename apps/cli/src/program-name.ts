import { basename, relative } from 'node:path';

/** How a person calls the program at `path` from `folder`, for commands to copy. */
export function programName(path: string, folder: string): string {
  if (path.includes('node_modules/.bin/')) return 'npx oakring';
  return basename(path).endsWith('.js') ? `node ${relative(folder, path)}` : 'oakring';
}
