import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** A small repository of our shape in a temporary folder, judged by this repository's rules. */
export interface ScratchTree {
  /** Runs a tool of ours in it; resolves with its standard output, whatever it thought of the tree. */
  run(tool: string, args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** Writes `files` (path → text). Paths in `shared` are links to this repository's own files. */
export async function plantTree(
  files: Readonly<Record<string, string>>,
  shared: readonly string[],
): Promise<ScratchTree> {
  const root = await mkdtemp(join(tmpdir(), 'oakring-rules-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  for (const path of ['node_modules', 'package.json', 'tsconfig.json', '.gitignore', ...shared]) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await symlink(join(repository, path), join(root, path));
  }
  return {
    async run(tool, args) {
      const program = join(repository, 'node_modules/.bin', tool);
      const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
      const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      return output;
    },
    remove: () => rm(root, { recursive: true }),
  };
}
