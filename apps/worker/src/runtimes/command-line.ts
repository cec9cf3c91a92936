import { parseCommand, parseEnvironment, type JsonObject, type Parsed } from '@oakring/contracts';
import { StartFailure } from './runtime.port.js';

/** `cmd` (or `command`) of a job: a list of texts; null when there is none. Throws on others. */
export function commandOf(job: JsonObject): readonly string[] | null {
  return read(parseCommand(job));
}

/** `environment` of a job: `["KEY=value"]` or `{KEY: "value"}`; absent is empty. Throws on others. */
export function environmentOf(job: JsonObject): Readonly<Record<string, string>> {
  return read(parseEnvironment(job));
}

/** What a job's document says; where that cannot be read it is why the start fails. */
export function read<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new StartFailure(parsed.refusal.detail, 'job');
}
