import { parseProgram, type Parsed, type Program } from '@oakring/contracts';
import { StartFailure, type InstanceToStart } from './runtime.port.js';

/**
 * What a job says of its program, secrets in their places, with what the instance is told of itself, which counts
 * more. Throws with a reason for a person.
 */
export function programOf({
  description,
  own,
  secrets = {},
}: Pick<InstanceToStart, 'description' | 'own' | 'secrets'>): Program {
  const program = read(parseProgram(description));
  const given = Object.entries(program.secretEnvironment).map(
    ([variable, name]) => [variable, secretIn(secrets, name)] as const,
  );
  const environment = { ...program.environment, ...Object.fromEntries(given), ...own };
  return { ...program, environment };
}

/** Nothing is started with less than its job says. */
export function secretIn(secrets: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (value !== undefined) return value;
  const why = `its order came without the value of secret ${name}: it was removed, or cannot be read`;
  throw new StartFailure(`cannot start: ${why}`, 'job');
}

/** What a job's document says; where that cannot be read it is why the start fails. */
export function read<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new StartFailure(parsed.refusal.detail, 'job');
}
