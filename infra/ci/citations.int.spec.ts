import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { typescriptArguments } from '../typescript/typescript-arguments.js';

const program = typescriptArguments('infra/ci/citations.ts');
/** Put together, so that this file does not cite them itself. */
const [design, issue] = [['design', '§5'].join(' '), ['issue', '3'].join(' ')];

describe('npm run citations', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-citations-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function given(path: string, content: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }

  function check(): { status: number | null; said: string } {
    const { status, stderr } = spawnSync(process.execPath, program, {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, said: stderr };
  }

  it.each([
    ['apps/part.ts', `/** Sent again (${design}, loss). */`],
    ['test/loop.e2e.spec.ts', `// As ${issue}, point 4 wants it.`],
    ['docs/page.md', `See ${issue}.`],
    ['.ci/run', `# I${issue.slice(1)}: quietly`],
  ])('refuses in %s: %s', (path, content) => {
    given(path, `\n${content}\n`);
    const { status, said } = check();
    expect(status).toBe(1);
    expect(said).toContain(`${path}:2:${content}`);
  });

  it('lets pass what can be opened, and what is not of the repository', () => {
    given('part.ts', '// docs/native-protocol.md, leases; MQTT 3.1.1 §2.2; reissue 3; an issue');
    given('.gitignore', 'node_modules/\n');
    given('node_modules/other/index.js', `// ${issue}`);
    expect(check()).toEqual({ status: 0, said: '' });
  });
});
