import { explain, OakringError, unknownSettings } from '@oakring/contracts';
import { takeEnvironment } from '@oakring/host';
import { systemLog } from '@oakring/log';
import { endAtUncaughtErrors, endWithin, LastWords, systemPorts } from '@oakring/ports';
import { openTracing } from '@oakring/tracing';
import { readWorkerOptions } from './config/worker-options.js';
import { startWorker, type RunningWorker } from './start-worker.js';
import { workerLogTo } from './worker-log.js';

/** What takes longer to stop is killed. */
const stopWithinMs = 4_800;

endAtUncaughtErrors();
const ports = systemPorts();
const log = systemLog('worker', process.env);
const own = log.of('Worker');
const last = new LastWords(ports.clock);
const tracing = await openTracing(process.env, 'oakring-worker', {
  timers: ports.timers,
  warn: (line) => log.of('Tracing').say('warn', line),
});
// `node dist/programs/worker.js`: a worker from the environment alone. People use `oakring worker`.
try {
  const env = takeEnvironment(process.env, (line) => own.say('warn', line));
  for (const line of unknownSettings(env)) own.say('warn', line);
  const options = readWorkerOptions(env);
  log.stand(() => ({ node: options.id }));
  const worker = await startWorker(
    options,
    { ...ports, tracer: tracing.tracer },
    workerLogTo((kind) => log.of(kind)),
  );
  await untilSignalled(worker);
} catch (error) {
  if (!(error instanceof OakringError)) throw error;
  own.say('fatal', explain(error));
  process.exitCode = 1;
} finally {
  const { line } = last;
  if (line !== null) own.say('info', line);
}
// Who sends spans tries on for a while, and nobody waits for that.
if (tracing.isOn) process.exit();

async function untilSignalled(worker: RunningWorker): Promise<void> {
  // The link comes and goes: this holds the process.
  const alive = setInterval(() => {}, 2 ** 30);
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        last.ending(signal);
        resolve();
      });
    }
  });
  try {
    await Promise.race([signalled, worker.failed]);
  } finally {
    clearInterval(alive);
    // Where nobody asked for it another start has its id, or its folder is of no use any more.
    last.ending('it cannot go on');
    endWithin(stopWithinMs);
    await worker.stop();
    await tracing.close();
  }
}
