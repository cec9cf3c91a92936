export type JsonObject = { readonly [field: string]: unknown };

/**
 * Canonical JSON text (RFC 8785): members sorted by UTF-16 code units, no white space, numbers and
 * strings as ECMAScript writes them. Stricter than the RFC where the ledger is: no integer beyond 2^53
 * in magnitude, no unpaired surrogate, no undefined but as a member, which is left out.
 * Throws a TypeError that names the path.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$');
}

function write(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError(`${path} has an unpaired surrogate`);
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        throw new TypeError(`${path} is ${value}: no number that JSON readers agree on`);
      }
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
    default:
      throw new TypeError(`${path} is a ${typeof value}, which JSON does not have`);
  }
}

function writeArray(values: readonly unknown[], path: string): string {
  let text = '[';
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ',';
    text += write(values[index], path);
  }
  return `${text}]`;
}

function writeObject(value: object, path: string): string {
  let text = '{';
  for (const key of Object.keys(value).sort()) {
    // An index signature on any object: values are checked by `write`.
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${write(key, path)}:${write(member, key)}`;
  }
  return `${text}}`;
}
