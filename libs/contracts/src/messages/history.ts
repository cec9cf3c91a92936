import { incarnationRange } from './addresses.js';
import { allOf, type Codec } from './codec.js';
import { checkedContent } from './content.js';
import { LeftOut } from './left-out.js';
import { integerOf, isObject, refused, type JsonObject, type Parsed } from '../parsing/parsing.js';

/** One line of a worker's own small log; fields beyond `sequence` are kept as they came. */
export interface HistoryEntry extends JsonObject {
  /** Grows for ever, across restarts. */
  readonly sequence: number;
}

/** `nodes/<id>/history`: what happened while a worker was offline. */
export interface WorkerHistory {
  readonly incarnation: number;
  readonly from: number;
  readonly entries: readonly HistoryEntry[];
}

/** What a worker says: entries of any form, but for their sequence. */
export interface HistorySaid extends Omit<WorkerHistory, 'entries'> {
  readonly entries: readonly { readonly sequence: number }[];
}

const maxEntries = 1_000;
/** A reason of the greatest length, and twice that for the rest. */
const maxEntryCharacters = 12_288;
const sequenceRange = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER };

export const history: Codec<WorkerHistory, HistorySaid> = {
  members: allOf<WorkerHistory>({ incarnation: true, from: true, entries: true }),
  write: (said) => ({ ...said }),
  read: (body) => {
    const incarnation = integerOf(body['incarnation'], 'incarnation', incarnationRange);
    if (!incarnation.ok) return incarnation;
    const from = integerOf(body['from'], 'from', sequenceRange);
    if (!from.ok) return from;
    const list = body['entries'];
    if (!Array.isArray(list) || list.length === 0 || list.length > maxEntries) {
      const detail = `entries is not a list of 1 to ${maxEntries}.`;
      return refused('invalid-field', detail, 'entries', list ?? null);
    }
    const leftOut = new LeftOut();
    const entries = entriesOf(list, from.value, leftOut);
    return entries.length === 0
      ? refused('invalid-field', 'entries has none with a usable sequence.', 'entries')
      : leftOut.beside({ incarnation: incarnation.value, from: from.value, entries });
  },
};

/**
 * An entry that the ledger cannot hold is put on record as `{sequence, kind: "unusable"}`, so that its
 * worker can be told that it is done with.
 */
function entriesOf(list: readonly unknown[], from: number, leftOut: LeftOut): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const [index, item] of list.entries()) {
    const before = entries.at(-1)?.sequence ?? from - 1;
    const entry = leftOut.or(historyEntryOf(item, `entries.${index}`, before), null);
    if (entry === null) continue;
    const checked = checkedContent(entry);
    if (checked.ok) entries.push(entry);
    else {
      const { code, detail } = checked.refusal;
      leftOut.add({ code, detail: `entries.${index} (sequence ${entry.sequence}): ${detail}` });
      entries.push({ sequence: entry.sequence, kind: 'unusable', detail });
    }
  }
  return entries;
}

function historyEntryOf(entry: unknown, field: string, before: number): Parsed<HistoryEntry> {
  if (!isObject(entry)) return refused('invalid-field', `${field} is not an object.`, field, entry);
  const sequence = integerOf(entry['sequence'], `${field}.sequence`, sequenceRange);
  if (!sequence.ok) return sequence;
  if (sequence.value <= before) {
    const detail = `${field}.sequence is ${sequence.value}, not above the one before it.`;
    return refused('invalid-field', detail, `${field}.sequence`, sequence.value);
  }
  const { length } = JSON.stringify(entry);
  if (length > maxEntryCharacters) {
    const detail = `${field} has ${length} characters; ${maxEntryCharacters} is the most.`;
    return refused('invalid-field', detail, field);
  }
  return { ok: true, value: { ...entry, sequence: sequence.value } };
}
