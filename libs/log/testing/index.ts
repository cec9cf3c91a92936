import { simulatedPorts } from '@oakring/ports';
import { jsonSink } from '../src/json-sink.js';
import { ProgramLog } from '../src/program-log.js';

/** The lines that a manager of the cluster `edge` writes for programs, at `info`. */
export function writtenLines(say: (log: ProgramLog) => void): readonly string[] {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line.trimEnd());
  const sink = jsonSink({ write }, { app: 'manager', cluster: 'edge' });
  const log = new ProgramLog(sink, simulatedPorts().clock, 'info');
  log.stand(() => ({ position: 7, epoch: 2 }));
  say(log);
  return lines;
}
