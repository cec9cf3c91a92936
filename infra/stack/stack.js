#!/usr/bin/env node
// `npm run stack`: the cluster of docker-compose.yml without containers. The same programs with the
// same settings, which are read from that file, so that the two cannot drift apart: a real mongod,
// a real Mosquitto, manager and scheduler as processes of their own. Ctrl-C ends it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MongoClient } from 'mongodb';
import { parse } from 'yaml';
import { findMongod } from '../mongo/find-mongod.js';

const giveUpAfterMs = 60_000;
const stopWithinMs = 15_000;
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
const given = process.env['OAKRING_STACK_DATA'] ?? '';
const data = given === '' ? mkdtempSync(join(tmpdir(), 'oakring-stack-')) : resolve(given);
/** Started so far; ended in reverse. */
const running = [];
let isEnding = false;

process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}

async function start() {
  const mongod = findMongod();
  if (mongod === null) throw new Error('There is no mongod: see infra/mongo/find-mongod.js.');
  const ports = {
    mongodb: await freePort(),
    mosquitto: await freePort(),
    manager: await freePort(),
    scheduler: await freePort(),
  };
  step('MongoDB', ports.mongodb);
  mkdirSync(join(data, 'mongodb'), { recursive: true });
  const folder = ['--dbpath', join(data, 'mongodb')];
  run('mongodb', mongod, [
    ...folder,
    ...['--port', String(ports.mongodb), '--bind_ip', '127.0.0.1', '--replSet', 'rs'],
  ]);
  await untilPrimary(ports.mongodb);

  step('Mosquitto', ports.mosquitto);
  const config = join(data, 'mosquitto.conf');
  const lines = readFileSync('infra/mosquitto/container.conf', 'utf8');
  writeFileSync(config, lines.replace('listener 1883', `listener ${ports.mosquitto} 127.0.0.1`));
  run('mosquitto', 'mosquitto', ['-c', config]);

  step('manager', ports.manager);
  const here = join(data, 'manager');
  runApp('manager', ports, { OAKRING_DATA: here, OAKRING_PORT: String(ports.manager) });
  await untilAnswers(`http://127.0.0.1:${ports.manager}/health/ready`);
  step('scheduler', ports.scheduler);
  runApp('scheduler', ports, { OAKRING_SCHEDULER_PORT: String(ports.scheduler) });
  console.log(
    `stack is ready: http://127.0.0.1:${ports.manager} · MQTT mqtt://127.0.0.1:${ports.mosquitto} · ` +
      `scheduler http://127.0.0.1:${ports.scheduler} · MongoDB ${storeOf(ports)} · data ${data}`,
  );
}

function step(name, port) {
  console.error(`${name} on port ${port} …`);
}

/** An app of the compose file: its command and its environment, at home on this machine. */
function runApp(service, ports, own) {
  const { command, environment } = compose.services[service];
  const env = {};
  for (const [name, value] of Object.entries(environment)) env[name] = atHome(String(value), ports);
  const settings = { ...env, ...own, OAKRING_HOST: '127.0.0.1', OAKRING_ALLOW_OPEN: 'false' };
  run(service, process.execPath, ['bin/oakring.js', ...command], settings);
}

/** `${NAME:-default}` as compose reads it, and services found on loopback. */
function atHome(value, ports) {
  const filled = value.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_, name, fallback) => process.env[name] || (fallback ?? ''),
  );
  const services = { mongodb: 27017, mosquitto: 1883, manager: 10100, scheduler: 10105 };
  let text = filled;
  for (const [name, port] of Object.entries(services)) {
    text = text.replaceAll(`//${name}:${port}`, `//127.0.0.1:${ports[name]}`);
  }
  return text;
}

function storeOf(ports) {
  return atHome(compose.services.manager.environment.OAKRING_STORE, ports);
}

function run(name, program, args, env = {}) {
  const child = spawn(program, args, {
    env: { PATH: `${process.env['PATH']}:/usr/sbin`, HOME: process.env['HOME'] ?? data, ...env },
    stdio: ['ignore', 'ignore', name === 'mongodb' ? 'ignore' : 'inherit'],
    // Ctrl-C is for us: we end them in order.
    detached: true,
  });
  const gone = new Promise((settle) => child.once('exit', settle));
  running.push({ name, child, gone });
  child.once('error', (error) => void fail(`${name} cannot be started: ${error.message}`));
  void gone.then((code) => fail(`${name} ended by itself (${code}).`));
}

async function fail(message) {
  if (isEnding) return;
  console.error(message);
  await end(1);
}

async function end(code) {
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

async function untilPrimary(port) {
  await until(async () => {
    const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
    const client = await new MongoClient(url, { serverSelectionTimeoutMS: 500 }).connect();
    try {
      const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
      const admin = client.db('admin');
      await admin.command({ replSetInitiate: { _id: 'rs', members } }).catch(() => null);
      return (await admin.command({ hello: 1 })).isWritablePrimary === true;
    } finally {
      await client.close();
    }
  }, 'MongoDB');
}

function untilAnswers(url) {
  return until(async () => (await fetch(url)).ok, url);
}

async function until(holds, what) {
  const deadline = Date.now() + giveUpAfterMs;
  while (!isEnding) {
    if (await holds().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`${what} is not ready after a minute.`);
    await new Promise((settle) => setTimeout(settle, 100));
  }
}

function freePort() {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => settle(port));
    });
  });
}
