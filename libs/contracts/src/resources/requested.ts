import { isObject, refused, type JsonObject, type Parsed } from '../parsing/parsing.js';
import type { ResourceName, Resources } from './catalogue.js';
import { cpuMillisOf, memoryMiBOf } from './quantity.js';
import { defaultRequest, resourcesOf } from './resources.js';

/** Other spellings of an amount in a job document, as people write it. */
const spellings = {
  cpu: { of: 'cpuMillis', read: cpuMillisOf },
  memory: { of: 'memoryMiB', read: memoryMiBOf },
} as const satisfies Readonly<
  Record<string, { of: ResourceName; read: (value: unknown, field: string) => Parsed<number> }>
>;

/** What a job's `resources` reserve for each instance: the one place that reads them. */
export function requestedOf(job: JsonObject): Parsed<Resources> {
  const given = job['resources'] ?? {};
  const field = 'resources';
  if (!isObject(given)) return resourcesOf(given, field, defaultRequest);
  const amounts: Record<string, unknown> = { ...given };
  for (const [name, { of, read }] of Object.entries(spellings)) {
    const value = given[name] ?? null;
    if (value === null) continue;
    if ((given[of] ?? null) !== null) {
      const detail = `${field} has both ${name} and ${of}, which say the same: leave one out.`;
      return refused('invalid-field', detail, `${field}.${name}`, value);
    }
    const amount = read(value, `${field}.${name}`);
    if (!amount.ok) return amount;
    amounts[of] = amount.value;
  }
  return resourcesOf(amounts, field, defaultRequest);
}
