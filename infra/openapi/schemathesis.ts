// `npm run schemathesis`: asks a manager what docs/openapi.json says can be asked of it, rightly and wrongly, with
// schemathesis (of PyPI; kept in ~/.cache/oakring), and looks whether each answer is as the document has it. Needs the
// build, Python and pip. Ends with 1 where one is not.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../machine/free-port.js';

const version = '4.32.5';
/** Of each operation, beside those that its parameters give. */
const examples = '2';
/** Of the manager's log, where something was not as it should be. */
const mostLines = 40;
const checks = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_headers_conformance', 'response_schema_conformance', 'unsupported_method'],
  'allow_header_conformance',
];

interface Described {
  readonly 'x-oakring-stream'?: true;
  readonly parameters?: readonly { readonly name: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'oakring-schemathesis-'));
const [port, mqttPort, schedulerPort] = [await freePort(), await freePort(), await freePort()];
const manager = spawn(process.execPath, ['bin/oakring.js', 'up'], {
  env: {
    ...{ PATH: process.env['PATH'], HOME: folder, OAKRING_DATA: join(folder, 'data') },
    ...{ OAKRING_PORT: String(port), OAKRING_MQTT_PORT: String(mqttPort) },
    // Its addresses answer only where that wire is spoken.
    ...{ OAKRING_SCHEDULER_PORT: String(schedulerPort), OAKRING_OAKESTRA: 'true' },
    // What whoever has a token is answered; that the others are not is looked at elsewhere.
    OAKRING_ALLOW_OPEN: 'true',
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const said: string[] = [];
createInterface(manager.stderr).on('line', (line) => {
  said.push(line);
  if (said.length > mostLines) said.shift();
});
try {
  const packages = installed();
  await ready();
  const document = join(folder, 'openapi.json');
  writeFileSync(document, JSON.stringify(withoutWaiting()));
  const url = ['--url', `http://127.0.0.1:${port}`];
  const how = [
    // One thread: early CPython 3.11 fails where two parse code at once (python/cpython#106905).
    ...['--phases', 'examples,coverage,fuzzing', '-n', examples, '-w', '1'],
    ...['--warnings', 'off'],
  ];
  // Not in one go (`spawnSync`): the manager's log would fill its pipe. It leaves notes of its own where it runs.
  const child = spawn(
    'python3',
    ['-m', 'schemathesis.cli', 'run', document, ...url, ...how, '--checks', checks.join(',')],
    {
      stdio: 'inherit',
      cwd: folder,
      env: { ...process.env, PYTHONPATH: packages, COLUMNS: '120' },
    },
  );
  const [status] = (await once(child, 'exit')) as [number | null];
  const isFine = status === 0 && manager.exitCode === null;
  if (!isFine) console.error(said.join('\n'));
  process.exitCode = isFine ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  if (manager.exitCode === null) {
    manager.kill('SIGKILL');
    await once(manager, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}

/** A folder that Python finds it in. */
function installed(): string {
  const { XDG_CACHE_HOME: caches = join(homedir(), '.cache') } = process.env;
  const packages = join(caches, 'oakring', `schemathesis-${version}`);
  if (existsSync(join(packages, 'schemathesis'))) return packages;
  const quietly = ['--quiet', '--disable-pip-version-check', '--target', packages];
  const { status, stderr } = spawnSync(
    'python3',
    ['-m', 'pip', 'install', ...quietly, `schemathesis==${version}`],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`pip cannot install schemathesis ${version}: ${stderr}`);
  return packages;
}

async function ready(): Promise<void> {
  for await (const line of createInterface(manager.stdout)) {
    if (!line.startsWith('oakring is ready')) continue;
    // Whatever it says from now on is read by nobody.
    manager.stdout.resume();
    return;
  }
  throw new Error('The manager ended before it was ready.');
}

/** Without what may last as long as its reader wants, and what waits for a position that never comes. */
function withoutWaiting(): object {
  // What we wrote.
  const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  };
  const paths = Object.entries(document.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods)
        .filter(([, described]) => described['x-oakring-stream'] !== true)
        .map(([method, described]) => {
          const { parameters = [] } = described;
          const asked = parameters.filter(({ name }) => name !== 'minPosition');
          return [method, { ...described, parameters: asked }];
        }),
    ),
  ]);
  return { ...document, paths: Object.fromEntries(paths) };
}
