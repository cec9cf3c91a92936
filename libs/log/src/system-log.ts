import { settingsCatalogue, type Setting } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { destination } from 'pino';
import { countedSink } from './counted-sink.js';
import { jsonSink } from './json-sink.js';
import type { Sink } from './log-entry.js';
import { prettySink } from './pretty-sink.js';
import { ProgramLog } from './program-log.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The log of this process, on standard error as everything that is not an answer: JSON lines where that is no
 * terminal, lines in colour where it is (`OAKRING_LOG`). The signal SIGUSR2 switches to `debug` and back to the
 * level of `OAKRING_LOG_LEVEL`. A bad value of these is refused by whoever reads the other settings; until then
 * the default counts.
 */
export function systemLog(app: string, env: Environment): ProgramLog {
  const { stderr } = process;
  const { clock, timers } = systemPorts();
  const wanted = valueOf(settingsCatalogue.logForm, env) ?? 'auto';
  const form = wanted === 'auto' ? (stderr.isTTY ? 'pretty' : 'json') : wanted;
  const level = valueOf(settingsCatalogue.logLevel, env) ?? 'info';
  const cluster = env['CLUSTER_NAME'] ?? '';
  const origin = cluster === '' ? { app } : { app, cluster };
  // Written at once: the last line before an end is the one that matters.
  const sink: Sink =
    form === 'json'
      ? jsonSink(destination({ dest: 2, sync: true }), origin)
      : prettySink((line) => void stderr.write(`${line}\n`), stderr.isTTY && stderr.hasColors());
  const counted = countedSink(sink, timers);
  const log = new ProgramLog(counted, clock, level);
  process.on('exit', () => counted.flush());
  process.on('SIGUSR2', () => {
    const next = log.level === 'debug' ? level : 'debug';
    // Said at the louder level, so that it is seen that `warn` is back, too.
    log.level = 'debug';
    log.of('Log').say('info', `the level is ${next} now`);
    log.level = next;
  });
  return log;
}

function valueOf<V>({ variable, fallback, read }: Setting<V>, env: Environment): V | null {
  const found = read(env[variable] ?? fallback);
  return 'value' in found ? found.value : null;
}
