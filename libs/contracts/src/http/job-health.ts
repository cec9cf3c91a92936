import { may, must } from '../messages/codec.js';
import { integerOf, refused, unlike, type JsonObject, type Parsed } from '../parsing/parsing.js';
import { portNumberOf } from './job-ports.js';
import { isCommand } from './job-run.js';
import { membersOf } from './members.js';

export type HealthProbe =
  | { readonly by: 'command'; readonly command: readonly string[] }
  | { readonly by: 'http'; readonly port: number; readonly path: string }
  | { readonly by: 'tcp'; readonly port: number };

/** How the worker finds out whether an instance is well. */
export interface HealthCheck {
  readonly probe: HealthProbe;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures in a row from which on it is unhealthy. */
  readonly retries: number;
  /** Failures within it do not count. */
  readonly startPeriodMs: number;
}

const dayMs = 86_400_000;
/** Range and default of each. */
export const healthNumbers = {
  intervalMs: { minimum: 100, maximum: dayMs, usual: 10_000 },
  // A look that takes long takes another one's turn.
  timeoutMs: { minimum: 100, maximum: 60_000, usual: 3_000 },
  retries: { minimum: 1, maximum: 1_000, usual: 3 },
  startPeriodMs: { minimum: 0, maximum: dayMs, usual: 0 },
} as const;

/** `health` of a job, with what it leaves out; null when there is none. */
export function parseHealth(job: JsonObject): Parsed<HealthCheck | null> {
  const given = job['health'] ?? null;
  if (given === null) return { ok: true, value: null };
  const read = readHealth(given, 'health');
  if (!read.ok) return read;
  const { command, http, tcp, ...numbers } = read.value;
  const probes = [
    ...(command === null ? [] : [{ by: 'command', command } as const]),
    ...(http === null ? [] : [{ by: 'http', ...http } as const]),
    ...(tcp === null ? [] : [{ by: 'tcp', ...tcp } as const]),
  ];
  const [probe] = probes;
  if (probe !== undefined && probes.length === 1) return { ok: true, value: { probe, ...numbers } };
  const detail = `health has ${probes.map(({ by }) => by).join(' and ') || 'no check'}; it is one of command, http and tcp.`;
  return refused('invalid-field', detail, 'health', given);
}

/** What is carried out: null where there is none, and (in a document from before the field was known) of none of this form. */
export function healthCheckOf(job: JsonObject): HealthCheck | null {
  const parsed = parseHealth(job);
  return parsed.ok ? parsed.value : null;
}

/** What nobody called healthy for so long after its start has failed all of its checks. */
export function healthyWithinMs(check: HealthCheck): number {
  return check.startPeriodMs + check.retries * (check.intervalMs + check.timeoutMs);
}

export const httpPathPattern = /^\/[^\0\s]{0,1023}$/;
export const httpPathExpectation = 'a path such as /healthz';
export const probeCommandForm = 'a program and its arguments: ["program", "argument", …]';

/** Of at least a program. */
export function isProbeCommand(value: unknown): value is readonly string[] {
  return isCommand(value) && value.length > 0;
}

interface HealthRead extends Omit<HealthCheck, 'probe'> {
  readonly command: readonly string[] | null;
  readonly http: { readonly port: number; readonly path: string } | null;
  readonly tcp: { readonly port: number } | null;
}

const numberIn = (name: keyof typeof healthNumbers) => {
  const { usual, ...range } = healthNumbers[name];
  return may((value, field) => integerOf(value, field, range), usual as number);
};

const readHealth = membersOf<HealthRead>({
  command: may(
    (value, field) =>
      isProbeCommand(value) ? { ok: true, value } : unlike(field, value, probeCommandForm),
    null,
  ),
  http: may(
    membersOf<NonNullable<HealthRead['http']>>({
      port: must(portNumberOf),
      path: may(
        (value, field) =>
          typeof value === 'string' && httpPathPattern.test(value)
            ? { ok: true, value }
            : unlike(field, value, httpPathExpectation),
        '/',
      ),
    }),
    null,
  ),
  tcp: may(membersOf<NonNullable<HealthRead['tcp']>>({ port: must(portNumberOf) }), null),
  intervalMs: numberIn('intervalMs'),
  timeoutMs: numberIn('timeoutMs'),
  retries: numberIn('retries'),
  startPeriodMs: numberIn('startPeriodMs'),
});
