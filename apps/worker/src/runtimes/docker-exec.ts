import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Ports } from '@oakring/ports';
import { piecesOf } from './docker-pieces.js';
import { signalled } from './docker-signal.js';
import { printedOn, pumpInput, pumped, type Printed } from './exec-pumps.js';
import { execGraceMs, type ExecTalk, type ExecWanted, type TerminalSize } from './runtime.port.js';

/** What the engine is asked beside what it runs takes no longer. */
const engineWithinMs = 10_000;
/** It says neither that a command has ended nor that it has not begun: it is asked this often. */
const askEveryMs = 100;
const resizeTries = 50;
/** By which it is found in its container, where its worker may not signal it from outside. */
const mark = 'OAKRING_EXEC';

/**
 * As `Runtime.exec`, by the engine: inside the container, with its environment, folder and user. The engine has no way
 * to end a command that it runs there. Whoever may signal it from outside does (this machine's engine, and a worker that
 * is root); else it is looked for from inside, by a shell of the container's; where there is none, it goes on.
 */
export async function execInside(
  container: Docker.Container,
  { command, terminal }: ExecWanted,
  talk: ExecTalk,
  { timers, ids }: Pick<Ports, 'timers' | 'ids'>,
): Promise<number> {
  const id = ids.next();
  const exec = await container.exec({
    Cmd: [...command],
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: terminal !== null },
    Env: [`${mark}=${id}`, ...(terminal === null ? [] : ['TERM=xterm'])],
    abortSignal: AbortSignal.timeout(engineWithinMs),
  });
  const starting = exec.start({ hijack: true, stdin: true, Tty: terminal !== null });
  const stream = await inTime(starting, talk.signal, timers).catch((error: unknown) => {
    // Should it begin after all, nobody is there for it.
    starting.then((late) => gaveUp(late, { container, exec, id }, timers)).catch(() => {});
    throw error;
  });
  // An engine that goes away ends it as well.
  stream.on('error', () => {});
  talk.opened();
  if (terminal !== null) resizing(exec, terminal, talk, timers);
  const said = terminal === null ? demultiplexed(stream) : printedOn('out', stream);
  const outputs = pumped(talk, [said]);
  try {
    pumpInput(talk, stream).catch(() => stream.destroy());
    await Promise.race([outputs.all, aborted(talk.signal)]);
    return await exitCodeOf(exec, talk.signal, timers);
  } finally {
    outputs.all.catch(() => {
      // Nobody hears it any more.
    });
    if (talk.signal.aborted) await ended({ container, exec, id }, timers);
    stream.destroy();
  }
}

/** An engine that does not answer is waited for no longer than whoever asks. What it begins is a stream, which has no limit. */
function inTime(
  starting: Promise<Duplex>,
  signal: AbortSignal,
  timers: Ports['timers'],
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const limit = timers.after(engineWithinMs, () =>
      reject(new Error(`the engine did not begin it within ${engineWithinMs / 1_000} s`)),
    );
    aborted(signal).catch(reject);
    void starting.then(resolve, reject).finally(() => limit.cancel());
  });
}

async function gaveUp(stream: Duplex, left: Left, timers: Ports['timers']): Promise<void> {
  stream.on('error', () => {});
  await ended(left, timers);
  stream.destroy();
}

async function* demultiplexed(stream: Duplex): AsyncGenerator<Printed> {
  for await (const pieces of piecesOf(stream)) yield* pieces;
}

/** The engine may still be about to begin it: there is no terminal yet, and it is asked again. */
function resizing(
  exec: Docker.Exec,
  first: TerminalSize,
  talk: ExecTalk,
  timers: Ports['timers'],
): void {
  let wanted: TerminalSize | null = first;
  let isAsking = false;
  const apply = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    for (let tries = 0; wanted !== null && tries < resizeTries; tries += 1) {
      const { columns: w, rows: h }: TerminalSize = wanted;
      const asked = { w, h, abortSignal: AbortSignal.timeout(engineWithinMs) };
      const isSet = await exec.resize(asked).then(
        () => true,
        () => false,
      );
      if (!isSet) await timers.sleep(askEveryMs, talk.signal);
      else if (wanted.columns === w && wanted.rows === h) wanted = null;
    }
    isAsking = false;
  };
  talk.onResize((size) => {
    wanted = size;
    void apply();
  });
  void apply();
}

/** It may go on for a while after it has closed its outputs. */
async function exitCodeOf(
  exec: Docker.Exec,
  signal: AbortSignal,
  timers: Ports['timers'],
): Promise<number> {
  for (;;) {
    const { Running, ExitCode } = await lookAt(exec);
    if (!Running && ExitCode !== null) return ExitCode;
    await timers.sleep(askEveryMs, signal);
    signal.throwIfAborted();
  }
}

function lookAt(exec: Docker.Exec): Promise<Docker.ExecInspectInfo> {
  return exec.inspect({ abortSignal: AbortSignal.timeout(engineWithinMs) });
}

interface Left {
  readonly container: Docker.Container;
  readonly exec: Docker.Exec;
  readonly id: string;
}

/** It is hung up on, and killed; an engine that does not answer is not waited for. */
async function ended(left: Left, timers: Ports['timers']): Promise<void> {
  try {
    await hangUp(left, 'SIGHUP');
    for (let waitedMs = 0; waitedMs < execGraceMs; waitedMs += askEveryMs) {
      const { Running, ExitCode } = await lookAt(left.exec);
      if (!Running && ExitCode !== null) return;
      await timers.sleep(askEveryMs);
    }
    await hangUp(left, 'SIGKILL');
  } catch {
    // Its container is gone, and it with it; or nobody can say.
  }
}

async function hangUp({ container, exec, id }: Left, signal: 'SIGHUP' | 'SIGKILL'): Promise<void> {
  const { Pid } = await lookAt(exec);
  if (await signalled(container.id, Pid, signal)) return;
  const look = `for each in /proc/[0-9]*; do
    tr '\\0' '\\n' <"$each/environ" | grep -qx '${mark}=${id}' && kill -${signal.slice(3)} "\${each#/proc/}"
  done 2>/dev/null`;
  const abortSignal = AbortSignal.timeout(engineWithinMs);
  const within = await container.exec({ Cmd: ['/bin/sh', '-c', look], abortSignal });
  await within.start({ Detach: true, abortSignal });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  });
}
