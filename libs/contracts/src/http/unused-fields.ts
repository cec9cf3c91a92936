import { cutText } from '../parsing/text.js';
import { isObject, type JsonObject } from '../parsing/parsing.js';
import type { FieldWarning } from './answers.js';
import { SubmitJob } from './job-body.js';
import { imageIsRun, parseCommand } from './job-run.js';
import { parseVolumes } from './job-volumes.js';
import { technologiesOf } from './technology-fields.js';
import type { ShapeClass } from './kinds.js';
import { nearestOf } from './nearest-field.js';
import { fieldsOf, namesOfShape } from './shape.js';

const maxWarnings = 32;

/** What of a job document is not used, what was perhaps meant, and what may do harm; no member when nothing is. */
export function warningsOf(document: JsonObject): { readonly warnings?: readonly FieldWarning[] } {
  const unused = unusedOf(SubmitJob, document, '').slice(0, maxWarnings);
  const warnings = [...unused, ...inVain(document), ...sharedVolumes(document)];
  return warnings.length === 0 ? {} : { warnings };
}

/** Members that are not known, at every depth. Where a document takes no others they were refused. */
function unusedOf(type: ShapeClass, document: JsonObject, path: string): FieldWarning[] {
  const known = namesOfShape(type);
  const unused = Object.keys(document).filter((name) => !known.includes(name));
  const here = unused.slice(0, maxWarnings).map((name) => unknownAt(path, name, known));
  const below = [...fieldsOf(type)].flatMap(([name, { kind }]) => {
    const value = document[name];
    const { nested } = kind;
    if (nested === undefined) return [];
    if (!Array.isArray(value))
      return isObject(value) ? unusedOf(nested.of, value, `${path}${name}.`) : [];
    return value.flatMap((each: unknown, at) =>
      isObject(each) ? unusedOf(nested.of, each, `${path}${name}.${at}.`) : [],
    );
  });
  return [...here, ...below];
}

function unknownAt(path: string, name: string, known: readonly string[]): FieldWarning {
  const nearest = nearestOf(name, known);
  const field = `${path}${cutText(name, 128)}`;
  const meant = nearest === null ? '' : `; did you mean ${nearest}?`;
  return { field, nearest, detail: `${field} is not used here, only passed on${meant}` };
}

/** Known fields that do nothing in this document. */
function inVain(document: JsonObject): FieldWarning[] {
  const { technology, cmd = null, command = null, network = null, simulate = null } = document;
  const told: FieldWarning[] = [];
  const tell = (field: string, nearest: string | null, why: string): void =>
    void told.push({ field, nearest, detail: `${field} is not ${why}` });
  if (isImageInVain(document)) tell('image', 'cmd', 'run: a process runs its command (cmd)');
  if (cmd !== null && command !== null) tell('command', 'cmd', 'used beside cmd');
  for (const [field, value] of Object.entries({ network, simulate })) {
    const isUsed = technologiesOf(field).some((each) => each === technology);
    if (value !== null && !isUsed) tell(field, null, `used by ${String(technology)}`);
  }
  return told;
}

/** What a job writes to is in the hands of two while a new one runs beside the old one. */
function sharedVolumes({ update, ...document }: JsonObject): FieldWarning[] {
  const surge = isObject(update) ? update['surge'] : 0;
  const volumes = parseVolumes(document);
  if (typeof surge !== 'number' || surge <= 0 || !volumes.ok) return [];
  const at = volumes.value.findIndex(({ readOnly }) => !readOnly);
  if (at < 0) return [];
  const detail =
    `update.surge is ${surge}, and volumes.${at} is written to: while a new one runs beside the old one ` +
    'both may write to it. Leave update.surge out, or make the volume read-only (readOnly: true).';
  return [{ field: 'update.surge', nearest: null, detail }];
}

/** The program itself may stand there as well: then nothing is lost. */
function isImageInVain(document: JsonObject): boolean {
  if (imageIsRun(document)) return false;
  const command = parseCommand(document);
  return command.ok && command.value?.[0] !== document['image'];
}
