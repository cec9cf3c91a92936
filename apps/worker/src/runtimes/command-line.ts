import { isObject, shortened, type JsonObject } from '@oakring/contracts';

/** `cmd` (or `command`) of a job: a list of texts; null when there is none. Throws on others. */
export function commandOf(job: JsonObject): readonly string[] | null {
  const field = job['cmd'] === undefined ? 'command' : 'cmd';
  const list = job[field];
  if (list === undefined || list === null) return null;
  // Never a text to be split: quoting rules would be guessed.
  if (!isListOfTexts(list)) throw unusable(field, list, '["program", "argument", …]');
  return list.length === 0 ? null : list;
}

/** `environment` of a job: `["KEY=value"]` or `{KEY: "value"}`; absent is empty. Throws on others. */
export function environmentOf(job: JsonObject): Readonly<Record<string, string>> {
  const given = job['environment'];
  if (given === undefined || given === null) return {};
  if (isObject(given)) {
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]));
  }
  if (!isListOfTexts(given)) throw unusable('environment', given, '["KEY=value", …]');
  return Object.fromEntries(
    given.map((entry) => {
      const at = entry.indexOf('=');
      if (at < 1) throw unusable('environment', entry, 'KEY=value');
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

function unusable(field: string, value: unknown, form: string): Error {
  return new Error(`${field} is ${JSON.stringify(shortened(value))}, not of the form ${form}`);
}
