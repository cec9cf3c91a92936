// Children of a benchmark: started, listened to, ended.
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-bench-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** `oakring up` on free ports; resolves when it is ready. */
export async function startUp(dataFolder, env = {}) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [join(root, 'bin/oakring.js'), 'up'], {
    env: {
      PATH: process.env.PATH,
      OAKRING_DATA: dataFolder,
      OAKRING_PORT: '0',
      OAKRING_SCHEDULER_PORT: '0',
      OAKRING_MQTT_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await firstLine(child, /oakring is ready: .*/);
  const [, url, mqttUrl] = /ready: (\S+) · MQTT (\S+)/.exec(line) ?? [];
  return {
    child,
    url,
    mqttUrl: mqttUrl.startsWith('mqtt') ? mqttUrl : `mqtt://${mqttUrl}`,
    readyAfterMs: performance.now() - startedMs,
    async stop() {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

/** A worker of simulated instances as a process. */
export function startWorker(id, mqttUrl, data) {
  const program = join(root, 'bin/oakring.js');
  const args = ['worker', '--id', id, '--mqtt-url', mqttUrl, '--runtimes', 'simulated'];
  return spawn(process.execPath, [program, ...args, '--data', data], { stdio: 'ignore' });
}

function firstLine(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = pattern.exec(text);
      if (found !== null) resolve(found[0]);
    });
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it was ready: ${text}`)),
    );
  });
}

/** A module of this folder as a process that sends messages; `wait` takes the next one. */
export function forkModule(name, args = []) {
  const child = fork(join(root, 'bench', name), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const arrived = [];
  const waiting = [];
  child.on('message', (message) => {
    const resolve = waiting.shift();
    if (resolve === undefined) arrived.push(message);
    else resolve(message);
  });
  return {
    child,
    send: (message) => child.send(message),
    wait: () =>
      arrived.length > 0
        ? Promise.resolve(arrived.shift())
        : new Promise((resolve) => waiting.push(resolve)),
    /** What came and was not waited for, and who waits in vain. */
    forget: () => {
      arrived.length = 0;
      waiting.length = 0;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

/** Resident memory of a process, MB (10^6 bytes), as the kernel counts it. */
export async function residentMB(pid) {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}
