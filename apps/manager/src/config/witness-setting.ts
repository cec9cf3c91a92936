import { OakringError, shownUrl } from '@oakring/contracts';
import { readVerifierKey, writeVerifierKey, type VerifierKey } from '@oakring/events';

/** A witness whose word is taken. */
export interface ConfiguredWitness extends VerifierKey {
  /** Its key and name as one word. */
  readonly verifierKey: string;
  /** Where it answers POST …/add-checkpoint; null: it brings its cosignatures itself. */
  readonly url: string | null;
}

const variable = 'OAKRING_WITNESSES';
/** Each is asked after each checkpoint, and says some hundred bytes in the ledger. */
const maxWitnesses = 16;
const endpoint = '/add-checkpoint';

/**
 * Entries of `<verifier key>`, or `<verifier key> <url>`. Throws `settings-invalid` naming every bad one.
 */
export function readWitnesses(entries: readonly string[]): readonly ConfiguredWitness[] {
  const witnesses: ConfiguredWitness[] = [];
  const problems: string[] = [];
  for (const entry of entries) {
    const read = witnessOf(entry);
    if (typeof read === 'string') problems.push(read);
    else if (witnesses.some(({ verifierKey }) => verifierKey === read.verifierKey)) {
      problems.push(`witness ${read.name} is named twice`);
    } else witnesses.push(read);
  }
  if (entries.length > maxWitnesses) {
    problems.push(`${entries.length} witnesses are named; at most ${maxWitnesses} are asked`);
  }
  if (problems.length === 0) return witnesses;
  const detail = `${variable}: ${problems.join('; ')}.`;
  throw new OakringError({ code: 'settings-invalid', detail, field: variable });
}

function witnessOf(entry: string): ConfiguredWitness | string {
  const [word = '', url = null, ...rest] = entry.split(/\s+/);
  const key = readVerifierKey(word, 'cosignature');
  if (key === null || rest.length > 0) {
    return `"${shownUrl(entry)}" does not begin with a witness's key, as one prints it at its start`;
  }
  const witness = { ...key, verifierKey: writeVerifierKey(key, 'cosignature') };
  if (url === null) return { ...witness, url };
  const isHttp = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isHttp || url.includes('@') || /[?#]/.test(url)) {
    return `"${shownUrl(url)}" of witness ${key.name} is no http:// or https:// address without credentials and query`;
  }
  const prefix = url.replace(/(?<!\/)\/+$/, '');
  return { ...witness, url: prefix.endsWith(endpoint) ? prefix : `${prefix}${endpoint}` };
}
