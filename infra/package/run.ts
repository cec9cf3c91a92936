// `npm run installed`: packs the package, installs it in an empty folder as somebody else would, without what
// is for development only, and looks whether a cluster, a worker, a job and the doctor work there.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { freePort } from '../machine/free-port.js';
import { makeRelease } from '../release/make.js';

/** Of one program, on a machine as slow as they come. */
const patienceMs = 180_000;

const startedMs = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'oakring-installed-'));
const app = join(folder, 'app');
const [port, mqttPort, schedulerPort] = [await freePort(), await freePort(), await freePort()];
const env: NodeJS.ProcessEnv = {
  // Nothing of the checkout that it is started from.
  PATH: process.env['PATH'],
  HOME: folder,
  OAKRING_PORT: String(port),
  OAKRING_MQTT_PORT: String(mqttPort),
  OAKRING_SCHEDULER_PORT: String(schedulerPort),
  OAKRING_DATA: join(folder, 'data'),
  OAKRING_WORKER_DATA: join(folder, 'worker'),
};
const running: Program[] = [];

interface Program {
  readonly child: ChildProcess;
  readonly lines: string[];
}

try {
  const archive = pack();
  install(archive);
  hold(/^\d+\.\d+\.\d+$/.test(oakring('--version')), 'oakring --version says no version');
  const up = await started('up', /^oakring is ready/);
  const worker = await started('worker', /^oakring worker edge-1 has started/, '--id', 'edge-1');
  // However busy this machine is, it has room for one that reserves nothing.
  const asked = ['--technology', 'process', '--cpu', '0', '--wait', '--timeout', '120'];
  oakring(
    ...['job', 'run', '--id', 'tick', ...asked],
    ...['--', '/bin/sh', '-c', 'while :; do sleep 1; done'],
  );
  said('a job runs on a worker, as that confirms');
  doctor('up');
  doctor('worker', '--id', 'edge-1');
  oakring('audit', 'verify', '--store', join(folder, 'data', 'ledger'));
  for (const program of [worker, up]) await ended(program);
  said('everything works in the installed package');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  for (const { lines } of running) console.error(lines.slice(-20).join('\n'));
  process.exitCode = 1;
} finally {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

/** As a release has it, with the list of what is in it. */
function pack(): string {
  const { archive, sbom, bytes, unpackedBytes, files } = makeRelease(folder, 0);
  const [small, large] = [bytes, unpackedBytes].map((size) => (size / 1e6).toFixed(1));
  said(`the package has ${small} MB, unpacked ${large} MB in ${files} files`);
  // What npm wrote.
  const { components } = JSON.parse(readFileSync(sbom, 'utf8')) as { components: object[] };
  hold(components.length > 100, `${sbom} lists ${components.length} packages only`);
  said(`the list of what is in it names ${components.length} packages`);
  return archive;
}

function install(archive: string): void {
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "private": true }');
  const quietly = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'];
  // Nothing of what is installed runs then: none of it needs to.
  // With the cache and the registry of whoever runs this.
  run('npm', ['install', ...quietly, '--ignore-scripts', archive], { cwd: app, env: process.env });
  const [kilobytes = ''] = run('du', ['-sk', join(app, 'node_modules')]).split('\t');
  said(`installed without development packages: ${Math.round(Number(kilobytes) / 1_000)} MB`);
}

/** Of this machine it may want a look at something; nothing may be bad. */
function doctor(...argv: readonly string[]): void {
  const { status, stdout } = call('doctor', ...argv);
  hold(status === 0 || status === 6, `oakring doctor ${argv[0]} ended with ${status}:\n${stdout}`);
  said(`the doctor of ${argv[0]} finds nothing bad`);
}

async function started(command: string, ready: RegExp, ...argv: string[]): Promise<Program> {
  const child = spawn(program(), [command, ...argv], { cwd: folder, env });
  const lines: string[] = [];
  const started = { child, lines };
  running.push(started);
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${command} is not ready`)), patienceMs);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        if (!ready.test(line)) return;
        clearTimeout(late);
        resolve();
      });
    }
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`${command} ended with ${code}`));
    });
  });
  said(`oakring ${command} is there`);
  return started;
}

/** In good order, with a last line that says so. */
async function ended({ child, lines }: Program): Promise<void> {
  const exit = once(child, 'close');
  child.kill('SIGTERM');
  const [code] = await exit;
  hold(code === 0, `${child.spawnargs.join(' ')} ended with ${code} when it was told to end`);
  const last = lines.at(-1) ?? '';
  hold(last.includes('ended: SIGTERM'), `the last line does not say that it ended: ${last}`);
}

function oakring(...argv: readonly string[]): string {
  const { status, stdout, stderr } = call(...argv);
  hold(status === 0, `oakring ${argv.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout.trim();
}

function call(...argv: readonly string[]) {
  return spawnSync(program(), argv, { cwd: folder, env, encoding: 'utf8', timeout: patienceMs });
}

function program(): string {
  return join(app, 'node_modules', '.bin', 'oakring');
}

function run(
  program: string,
  argv: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): string {
  const { status, stdout, stderr } = spawnSync(program, argv, { ...options, encoding: 'utf8' });
  hold(status === 0, `${program} ${argv.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}

function hold(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function said(what: string): void {
  console.log(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(5)} s  ${what}`);
}
