import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Undefined: this machine has none, and a spec that wants it is left out (which the gate counts as a failure). */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));

const headless = ['--headless', '--no-sandbox', '--disable-gpu', '--enable-logging=stderr'];

/** The document at an address as a browser has it once all is loaded, and what it says on its console, line by line. */
export async function shownBy(
  browser: string,
  url: string,
  ...more: readonly string[]
): Promise<{ readonly dom: string; readonly console: readonly string[] }> {
  const profile = await newProfile();
  try {
    const args = [...headless, `--user-data-dir=${profile}`, '--dump-dom', ...more, url];
    const { stdout, stderr } = await promisify(execFile)(browser, args);
    const console = stderr.split('\n').filter((line) => line.includes('CONSOLE'));
    return { dom: stdout, console };
  } finally {
    await removed(profile);
  }
}

/** Has a page open in a browser for as long as something takes. */
export async function whileOpen<T>(
  browser: string,
  url: string,
  something: () => Promise<T>,
): Promise<T> {
  const profile = await newProfile();
  // With a port for who would steer it: without one it ends as soon as the page is loaded.
  const args = [...headless, `--user-data-dir=${profile}`, '--remote-debugging-port=0', url];
  const child = spawn(browser, args, { stdio: 'ignore' });
  try {
    return await something();
  } finally {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    await removed(profile);
  }
}

function newProfile(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'oakring-browser-'));
}

/** Its children may still write as it ends. */
function removed(profile: string): Promise<void> {
  return rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
