export type JsonObject = { readonly [field: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Canonical JSON text (RFC 8785): members sorted by UTF-16 code units, no white space, numbers and
 * strings as ECMAScript writes them. Stricter than the RFC where the ledger is: no integer beyond
 * 2^53 in magnitude, no unpaired surrogate, no undefined but as a member, which is left out, nothing
 * that nests deeper than 128 levels. Throws a TypeError that names the path.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', 0);
}

/** How deep JSON may nest; what comes in over HTTP and MQTT nests half as deep at most. */
const maxNesting = 128;

/**
 * Whether `text`, which says `parsed`, is the canonical one. The engine writes it anew, which is a third of
 * the work of doing it here, and right where members are in order already; names that look like numbers
 * the engine orders by itself.
 */
export function isCanonical(text: string, parsed: unknown): boolean {
  if (isOrdered(parsed, 0) && !text.includes('\\ud')) return JSON.stringify(parsed) === text;
  try {
    return canonicalJson(parsed) === text;
  } catch {
    return false;
  }
}

/** Whether members are in canonical order, numbers safe, and nothing too deep. */
function isOrdered(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === maxNesting) return false;
  if (Array.isArray(value)) {
    for (const member of value) if (!isOrdered(member, depth + 1)) return false;
    return true;
  }
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before) return false;
    before = key;
    const member: unknown = (value as Record<string, unknown>)[key];
    if (typeof member !== 'string' && !isOrdered(member, depth + 1)) return false;
  }
  return true;
}

/** Texts that stand in JSON as they are: printable ASCII without quotation mark and backslash. */
const plainText = /^[ !#-[\]-~]*$/;
/** Longer texts are left to the engine, which looks at them only once. */
const maxPlainTextChecked = 64;
/** Up to here, members are sorted by insertion: most are few and nearly in order. */
const maxInsertionSorted = 16;

function write(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeText(value, path);
    case 'number':
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        throw new TypeError(`${path} is ${value}: no number that JSON readers agree on`);
      }
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth === maxNesting) {
        throw new TypeError(`${path} nests deeper than ${maxNesting} levels`);
      }
      return Array.isArray(value)
        ? writeArray(value, path, depth + 1)
        : writeObject(value, path, depth + 1);
    default:
      throw new TypeError(`${path} is a ${typeof value}, which JSON does not have`);
  }
}

function writeText(value: string, path: string): string {
  if (value.length <= maxPlainTextChecked && plainText.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError(`${path} has an unpaired surrogate`);
  return JSON.stringify(value);
}

function writeArray(values: readonly unknown[], path: string, depth: number): string {
  let text = '[';
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ',';
    text += write(values[index], path, depth);
  }
  return `${text}]`;
}

function writeObject(value: object, path: string, depth: number): string {
  let text = '{';
  for (const key of sorted(Object.keys(value))) {
    // An index signature on any object: values are checked by `write`.
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${writeText(key, path)}:${write(member, key, depth)}`;
  }
  return `${text}}`;
}

/** By UTF-16 code units, as `<` and `sort` compare; in place. */
function sorted(keys: string[]): string[] {
  if (keys.length > maxInsertionSorted) return keys.sort();
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] ?? '';
    let at = end;
    for (; at > 0 && (keys[at - 1] ?? '') > key; at -= 1) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
  return keys;
}
