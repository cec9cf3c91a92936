import { isObject } from '@oakring/contracts';
import type { Document, Node } from 'yaml';

/** `line:column` of a field by its path, or of the nearest that is above it; null: of neither. */
export type Places = (field: string) => string | null;

type Read =
  | {
      readonly ok: true;
      readonly documents: readonly { readonly value: unknown; readonly places: Places }[];
    }
  | { readonly ok: false; readonly why: string; readonly place: string | null };

/** `<<` takes over what another has, as in Compose files. */
const options = { merge: true, prettyErrors: false } as const;

/** Every document of a YAML text that is not empty. Loaded for who has such a file. */
export async function yamlDocuments(text: string): Promise<Read> {
  const { parseAllDocuments, LineCounter } = await import('../yaml.js');
  const lineCounter = new LineCounter();
  const placeAt = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${line}:${col}`;
  };
  const parsed = parseAllDocuments(text, { ...options, lineCounter });
  const documents: { value: unknown; places: Places }[] = [];
  for (const document of parsed) {
    // A tag that nobody knows is a warning there: its value is not what was meant.
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) return { ok: false, why: fault.message, place: placeAt(fault.pos[0]) };
    const places = await placesIn(document, placeAt);
    const value = valueOf(document);
    if (!value.ok) return { ok: false, why: value.why, place: null };
    // What stands between two marks, or behind the last one.
    if (value.value === null) continue;
    const endless = endlessIn(value.value, '');
    if (endless !== null) {
      return { ok: false, why: `${endless} is not a number`, place: places(endless) };
    }
    documents.push({ value: value.value, places });
  }
  if (documents.length > 0) return { ok: true, documents };
  return { ok: false, why: 'there is no document in it', place: null };
}

/** Of one document whose text is known to be sound. */
export async function yamlPlaces(text: string): Promise<Places> {
  const read = await yamlDocuments(text);
  return (read.ok ? read.documents[0]?.places : undefined) ?? (() => null);
}

/** Aliases that make a text of a few lines endless are refused while they are written out. */
function valueOf(document: Document) {
  try {
    return { ok: true, value: document.toJS() as unknown } as const;
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) } as const;
  }
}

/** `.inf` and `.nan`, of which JSON would make null. */
function endlessIn(value: unknown, path: string): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return path;
  const below = Array.isArray(value) || isObject(value) ? Object.entries(value) : [];
  for (const [name, each] of below) {
    const found = endlessIn(each, path === '' ? name : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

async function placesIn(document: Document, placeAt: (offset: number) => string): Promise<Places> {
  const { isAlias, isMap, isNode, isScalar, isSeq } = await import('../yaml.js');
  const below = (node: Node, name: string): { at: Node; node: unknown } | null => {
    const whole = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(whole)) {
      const item = whole.items[Number(name)];
      return isNode(item) ? { at: item, node: item } : null;
    }
    const pair = isMap(whole)
      ? whole.items.find(({ key }) => isScalar(key) && String(key.value) === name)
      : undefined;
    return pair !== undefined && isNode(pair.key) ? { at: pair.key, node: pair.value } : null;
  };
  return (field) => {
    let at: Node | null = document.contents as Node | null;
    let node: unknown = at;
    for (const name of field === '' ? [] : field.split('.')) {
      const next = isNode(node) ? below(node, name) : null;
      if (next === null) break;
      ({ at, node } = next);
    }
    const offset = at?.range?.[0];
    return offset === undefined ? null : placeAt(offset);
  };
}
