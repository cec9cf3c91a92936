import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';

/**
 * How a process of ours ends when it does not end in good order. Never by `process.exit`: that waits
 * for the threads of the pool, and lmdb's waits there for a callback of ours that cannot run any more
 * (a commit in flight): such a process never ends and holds its folder and its ports. A kill is held
 * up by no library; what was acknowledged is on the disk already.
 */

/** Ends this process now: killed, so its status is 137. Everything said before is written. */
export function endNow(): never {
  process.kill(process.pid, 'SIGKILL');
  // A process number 1 (a container without an init) is not killed by its own signals.
  process.abort();
}

let underWay = 0;

/**
 * Runs work that a library does in the pool and for which `process.exit` would wait, maybe for ever:
 * an exit meanwhile, whoever calls it, is a kill. (The thread of `endWithin` has gone by then.)
 */
export async function exitNeverWaitsFor<T>(work: () => Promise<T>): Promise<T> {
  if (!process.listeners('exit').includes(killIfUnderWay)) process.on('exit', killIfUnderWay);
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
  }
}

function killIfUnderWay(): void {
  if (underWay > 0) endNow();
}

/** An exception that nobody caught is written to standard error and ends this process. */
export function endAtUncaughtErrors(): void {
  process.on('uncaughtException', (error) => {
    say(`An error that nobody handled, ended by force: ${inspect(error)}`);
    endNow();
  });
}

/**
 * Ends this process by force after this time, whatever it does then: from a thread of its own, so
 * that neither a busy event loop nor a library that waits puts it off.
 */
export function endWithin(delayMs: number): void {
  // Counted from here: a thread takes a while to begin on a busy machine.
  const deadline = process.hrtime.bigint() + BigInt(delayMs) * 1_000_000n;
  const words = `It did not end in good order within ${delayMs} ms: ended by force.\n`;
  const watch = new Worker(watchProgram, { eval: true, workerData: { deadline, words } });
  // What has nothing more to do ends without waiting for it.
  watch.unref();
}

const watchProgram = `
const { writeSync } = require('node:fs');
const { workerData: { deadline, words } } = require('node:worker_threads');
setTimeout(() => {
  try { writeSync(2, words); } catch {}
  process.kill(process.pid, 'SIGKILL');
}, Number((deadline - process.hrtime.bigint()) / 1000000n));
`;

function say(line: string): void {
  try {
    writeSync(process.stderr.fd, `${line}\n`);
  } catch {
    // Nobody is left to tell.
  }
}
