// Runs scripts of package.json side by side (`npm run check`): a line for each as it ends, then all
// that the failed ones said. Ends with 1 if any failed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import colors from 'picocolors';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};
const names = process.argv.slice(2);
const widest = Math.max(...names.map(({ length }) => length));
const env = { ...process.env, ...(colors.isColorSupported ? { FORCE_COLOR: '1' } : {}) };

async function check(name: string) {
  const startedMs = performance.now();
  const child = spawn(`${scripts[name]} 2>&1`, {
    shell: true,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [said, code] = await Promise.all([text(child.stdout), ended]);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const verdict = code === 0 ? colors.green('ok    ') : colors.red('failed');
  console.log(`${name.padEnd(widest)}  ${verdict} ${colors.dim(`${seconds} s`)}`);
  return { name, said, failed: code !== 0 };
}

const results = await Promise.all(names.map(check));
const failed = results.filter((result) => result.failed);
for (const { name, said } of failed)
  console.log(`\n${colors.red(colors.bold(`npm run ${name}`))}\n${said.trim()}`);
process.exitCode = failed.length === 0 ? 0 : 1;
