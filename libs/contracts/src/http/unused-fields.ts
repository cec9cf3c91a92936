import { cutText } from '../parsing/text.js';
import { isObject, type JsonObject } from '../parsing/parsing.js';
import type { FieldWarning } from './answers.js';
import { constraintFields, jobFields, resourceFields } from './job-body.js';
import { imageIsRun, parseCommand } from './job-run.js';
import { nearestOf } from './nearest-field.js';

const maxWarnings = 32;

/** What of a job document is not used, and what was perhaps meant; no member when all of it is. */
export function warningsOf(document: JsonObject): { readonly warnings?: readonly FieldWarning[] } {
  const warnings = jobWarnings(document);
  return warnings.length === 0 ? {} : { warnings };
}

function jobWarnings(document: JsonObject): readonly FieldWarning[] {
  const { resources, constraints } = document;
  const listed: readonly unknown[] = Array.isArray(constraints) ? constraints : [];
  const warnings = [
    ...unusedOf(document, jobFields),
    ...unusedOf(resources, resourceFields, 'resources.'),
    ...listed.flatMap((each, at) => unusedOf(each, constraintFields, `constraints.${at}.`)),
  ].slice(0, maxWarnings);
  return [...warnings, ...inVain(document)];
}

/** `onDisconnect`, `restart` and `update` are ours alone: there an unknown member is refused. */
function unusedOf(value: unknown, known: readonly string[], path = ''): FieldWarning[] {
  if (!isObject(value)) return [];
  const unused = Object.keys(value).filter((name) => !known.includes(name));
  return unused.slice(0, maxWarnings).map((name) => {
    const nearest = nearestOf(name, known);
    const field = `${path}${cutText(name, 128)}`;
    const meant = nearest === null ? '' : `; did you mean ${nearest}?`;
    return { field, nearest, detail: `${field} is not used here, only passed on${meant}` };
  });
}

/** Known fields that do nothing in this document. */
function inVain(document: JsonObject): FieldWarning[] {
  const { technology, cmd = null, command = null, network = null, simulate = null } = document;
  const told: FieldWarning[] = [];
  const tell = (field: string, nearest: string | null, why: string): void =>
    void told.push({ field, nearest, detail: `${field} is not ${why}` });
  if (isImageInVain(document)) tell('image', 'cmd', 'run: a process runs its command (cmd)');
  if (cmd !== null && command !== null) tell('command', 'cmd', 'used beside cmd');
  const hasNetwork = technology !== 'process' && technology !== 'simulated';
  if (network !== null && !hasNetwork) tell('network', null, `used by ${technology}`);
  if (simulate !== null && technology !== 'simulated') {
    tell('simulate', null, `used by ${String(technology)}`);
  }
  return told;
}

/** The program itself may stand there as well: then nothing is lost. */
function isImageInVain(document: JsonObject): boolean {
  if (imageIsRun(document)) return false;
  const command = parseCommand(document);
  return command.ok && command.value?.[0] !== document['image'];
}
