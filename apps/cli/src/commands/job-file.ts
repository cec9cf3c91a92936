import { readFile } from 'node:fs/promises';
import { isJobAnswer, isObject, parseJsonDocument, type JsonObject } from '@oakring/contracts';
import { ManagerError } from '../client/manager-error.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { yamlDocuments, yamlPlaces, type Places } from './yaml-documents.js';

/** A job document as somebody wrote it, and where in what they wrote each of its fields stands. */
export interface WrittenJob {
  readonly document: JsonObject;
  /** `job.yaml:3:7`, by the path of a field; null where it is not to be found. */
  placeOf(field: string): Promise<string | null>;
}

/** The job documents in a file (or on standard input, `-`): one of JSON, or any number of YAML, in their order. */
export async function readJobs(
  path: string,
  input: () => Promise<string>,
): Promise<readonly WrittenJob[]> {
  const name = path === '-' ? 'The job on standard input' : `The job file ${path}`;
  const short = path === '-' ? 'line ' : `${path}:`;
  const bytes = await bytesOf(path, input, name);
  const documents = await documentsOf(bytes, (why, place) => {
    const where = place === null ? '' : ` (${short}${place})`;
    return new CommandFailure(`${name} cannot be read${where}: ${why}`, exitCodes.usage);
  });
  return documents.map(({ document, places }) => ({
    // What `job show --json` printed has the document beside what was said of the job.
    document: isJobAnswer(document) ? document.document : document,
    async placeOf(field) {
      const within = isJobAnswer(document) ? `document.${field}` : field;
      const place = (await places())(within);
      return place === null ? null : `${short}${place}`;
    },
  }));
}

async function bytesOf(
  path: string,
  input: () => Promise<string>,
  name: string,
): Promise<Uint8Array> {
  try {
    return path === '-' ? Buffer.from(await input()) : await readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`${name} cannot be read: ${reason}`, exitCodes.usage);
  }
}

interface Read {
  readonly document: JsonObject;
  places(): Promise<Places>;
}

/** JSON is YAML as well; where it is sound nobody waits for the other parser. */
async function documentsOf(
  bytes: Uint8Array,
  failure: (why: string, place: string | null) => CommandFailure,
): Promise<readonly Read[]> {
  const json = parseJsonDocument(bytes);
  const text = new TextDecoder().decode(bytes);
  if (json.ok) return [{ document: json.value, places: () => yamlPlaces(text) }];
  if (json.refusal.code === 'not-utf8') throw failure(json.refusal.detail, null);
  const read = await yamlDocuments(text);
  if (!read.ok) throw failure(read.why, read.place);
  return read.documents.map(({ value, places }, at) => {
    if (isObject(value)) return { document: value, places: () => Promise.resolve(places) };
    const which = read.documents.length === 1 ? 'it' : `document ${at + 1}`;
    throw failure(`${which} is not an object with the fields of a job`, places(''));
  });
}

/** What the manager says of fields of a document, with where they were written. */
export async function located<T extends { readonly field: string; readonly detail: string }>(
  job: WrittenJob | undefined,
  told: readonly T[],
): Promise<T[]> {
  if (job === undefined) return [...told];
  return Promise.all(
    told.map(async (each) => {
      const place = await job.placeOf(each.field);
      return place === null ? each : { ...each, detail: `${each.detail} (${place})` };
    }),
  );
}

/** Asks for something about a written job; what is refused of it is refused with its place. */
export async function askedOf<T>(job: WrittenJob | undefined, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof ManagerError) || error.problem === null) throw error;
    const { problem } = error;
    const { field = '' } = problem;
    const [first] = await located(job, [{ field, detail: problem.detail }]);
    const detail = field === '' || first === undefined ? problem.detail : first.detail;
    const errors = problem.errors && (await located(job, problem.errors));
    const placed = { ...problem, detail, ...(errors === undefined ? {} : { errors }) };
    throw new ManagerError(detail, error.kind, placed, { cause: error });
  }
}
