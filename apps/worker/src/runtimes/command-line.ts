import { parseProgram, type Parsed, type Program } from '@oakring/contracts';
import { StartFailure, type InstanceToStart } from './runtime.port.js';

/**
 * What a job says of its program, with what the instance is told of itself, which counts more. Throws
 * with a reason for a person.
 */
export function programOf({
  description,
  own,
}: Pick<InstanceToStart, 'description' | 'own'>): Program {
  const program = read(parseProgram(description));
  return { ...program, environment: { ...program.environment, ...own } };
}

/** What a job's document says; where that cannot be read it is why the start fails. */
export function read<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new StartFailure(parsed.refusal.detail, 'job');
}
