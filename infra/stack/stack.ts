// `npm run stack`: the cluster of docker-compose.yml without containers. The same programs with the
// same settings, which are read from that file, so that the two cannot drift apart: a real mongod,
// a real Mosquitto, manager and scheduler as processes of their own. Ctrl-C ends it.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { freePort } from '../machine/free-port.js';
import { mongodArguments, mongodProgram, untilPrimary } from '../mongo/mongod-process.js';

/** What of docker-compose.yml is used here. */
interface Compose {
  readonly services: Readonly<Record<'manager' | 'scheduler', App>>;
}

interface App {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | number | boolean>>;
}

/** Where each service listens on this machine. */
type Ports = Readonly<Record<keyof typeof portsInContainers, number>>;

interface Running {
  readonly child: ChildProcess;
  readonly gone: Promise<number | null>;
}

const portsInContainers = { mongodb: 27017, mosquitto: 1883, manager: 10100, scheduler: 10105 };
const giveUpAfterMs = 60_000;
const stopWithinMs = 15_000;
const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const given = process.env['OAKRING_STACK_DATA'] ?? '';
const data = given === '' ? mkdtempSync(join(tmpdir(), 'oakring-stack-')) : resolve(given);
/** Started so far; ended in reverse. */
const running: Running[] = [];
let isEnding = false;

process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}

async function start(): Promise<void> {
  if (mongodProgram === null)
    throw new Error('There is no mongod: see infra/mongo/find-mongod.ts.');
  const ports: Ports = {
    mongodb: await freePort(),
    mosquitto: await freePort(),
    manager: await freePort(),
    scheduler: await freePort(),
  };
  step('MongoDB', ports.mongodb);
  const folder = join(data, 'mongodb');
  mkdirSync(folder, { recursive: true });
  run('mongodb', mongodProgram, mongodArguments(folder, ports.mongodb));
  await untilPrimary(ports.mongodb);

  step('Mosquitto', ports.mosquitto);
  const config = join(data, 'mosquitto.conf');
  const lines = readFileSync('infra/mosquitto/container.conf', 'utf8');
  const here = lines
    .replace('listener 1883', `listener ${ports.mosquitto} 127.0.0.1`)
    // Started by root it becomes another user, who may not write here.
    .replace('persistence true', 'persistence false');
  writeFileSync(config, here);
  run('mosquitto', 'mosquitto', ['-c', config]);

  step('manager', ports.manager);
  const folderOfManager = join(data, 'manager');
  runApp('manager', ports, {
    ...{ OAKRING_DATA: folderOfManager, OAKRING_PORT: String(ports.manager) },
    // Nothing is published elsewhere.
    ...{ MY_PORT: String(ports.manager), MQTT_BROKER_PORT: String(ports.mosquitto) },
  });
  await untilAnswers(`http://127.0.0.1:${ports.manager}/health/ready`);
  step('scheduler', ports.scheduler);
  runApp('scheduler', ports, { OAKRING_SCHEDULER_PORT: String(ports.scheduler) });
  console.log(
    `stack is ready: http://127.0.0.1:${ports.manager} · MQTT mqtt://127.0.0.1:${ports.mosquitto} · ` +
      `scheduler http://127.0.0.1:${ports.scheduler} · MongoDB ${storeOf(ports)} · data ${data}`,
  );
}

function step(name: string, port: number): void {
  console.error(`${name} on port ${port} …`);
}

/** An app of the compose file: its command and its environment, at home on this machine. */
function runApp(
  service: keyof Compose['services'],
  ports: Ports,
  own: Readonly<Record<string, string>>,
): void {
  const { command, environment } = services[service];
  const settings = Object.entries(environment).map(([name, value]) => [
    name,
    atHome(String(value), ports),
  ]);
  run(service, process.execPath, ['bin/oakring.js', ...command], {
    ...Object.fromEntries(settings),
    ...own,
    OAKRING_HOST: '127.0.0.1',
  });
}

/** `${NAME:-default}` as compose reads it, and services found on loopback. */
function atHome(value: string, ports: Ports): string {
  let text = value.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_, name: string, fallback: string | undefined) => process.env[name] || (fallback ?? ''),
  );
  for (const [name, port] of Object.entries(portsInContainers)) {
    // There, `managers` is whichever manager there is.
    const there = new RegExp(`//${name}s?:${port}\\b`, 'g');
    text = text.replaceAll(there, `//127.0.0.1:${ports[name as keyof Ports]}`);
  }
  return text;
}

function storeOf(ports: Ports): string {
  return atHome(String(services.manager.environment['OAKRING_STORE']), ports);
}

function run(
  name: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): void {
  const child = spawn(program, args, {
    env: { PATH: `${process.env['PATH']}:/usr/sbin`, HOME: process.env['HOME'] ?? data, ...env },
    stdio: ['ignore', 'ignore', name === 'mongodb' ? 'ignore' : 'inherit'],
    // Ctrl-C is for us: we end them in order.
    detached: true,
  });
  const gone = new Promise<number | null>((settle) => child.once('exit', settle));
  running.push({ child, gone });
  child.once('error', (error) => void fail(`${name} cannot be started: ${error.message}`));
  void gone.then((code) => fail(`${name} ended by itself (${code}).`));
}

async function fail(message: string): Promise<void> {
  if (isEnding) return;
  console.error(message);
  await end(1);
}

async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  for (const { child, gone } of running.toReversed()) {
    if (child.pid === undefined) continue;
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await gone;
    clearTimeout(patience);
  }
  if (given === '') rmSync(data, { recursive: true, force: true });
  process.exit(code);
}

async function untilAnswers(url: string): Promise<void> {
  const deadline = Date.now() + giveUpAfterMs;
  while (!(await answers(url))) {
    if (Date.now() > deadline) throw new Error(`${url} is not ready after a minute.`);
    await new Promise((settle) => setTimeout(settle, 100));
  }
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
