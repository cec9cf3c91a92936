import { readFile } from 'node:fs/promises';
import { isJobAnswer, parseJsonDocument, type JsonObject } from '@oakring/contracts';
import { CommandFailure, exitCodes } from '../exit-codes.js';

/** Options of `job run` that describe the job. */
export interface JobOptions {
  readonly file?: string;
  readonly id?: string;
  readonly name?: string;
  readonly technology?: string;
  readonly count?: number;
  readonly cpu?: number;
  readonly memory?: number;
  readonly label?: Readonly<Record<string, string>>;
  readonly nodeLabel?: Readonly<Record<string, string>>;
  readonly env?: readonly string[];
  readonly node?: string;
  readonly oneShot?: boolean;
  /** Seconds. */
  readonly lostAfter?: number;
  readonly neverTwice?: number;
}

export interface JobRequest {
  readonly image: string | undefined;
  /** Program and arguments; empty for the image's own. */
  readonly cmd: readonly string[];
  readonly options: JobOptions;
  /** Reads standard input, for `-f -`. */
  input(): Promise<string>;
}

const noImage =
  'Name an image, a command after -- (with --technology process), or a job file with -f.';

/** The body of `POST /api/v1/jobs`: the file's, with what was given as options put over it. */
export async function jobDocument(request: JobRequest): Promise<JsonObject> {
  const { options } = request;
  if (options.file !== undefined) {
    return { ...(await fileDocument(options.file, request.input)), ...givenBy(request) };
  }
  const image = imageOf(request);
  if (image === undefined) throw new CommandFailure(noImage, exitCodes.usage);
  return { ...defaults(image, options), ...givenBy({ ...request, image }) };
}

/** What a process runs is its command: nobody has to name the program twice. */
function imageOf({ image, cmd, options }: JobRequest): string | undefined {
  return image ?? (options.technology === 'process' ? cmd[0] : undefined);
}

function defaults(image: string, { id }: JobOptions): JsonObject {
  return { name: id ?? nameOf(image), technology: 'docker' };
}

/** `registry:5000/team/web:1.2@sha256:…` is called `web`. */
function nameOf(image: string): string {
  const last = image.split('/').at(-1) ?? '';
  return last.split(/[:@]/)[0] || image;
}

function givenBy({ image, cmd, options }: JobRequest): JsonObject {
  const { id, name, technology, count, cpu, memory, label, env, node, nodeLabel } = options;
  const { oneShot, lostAfter, neverTwice } = options;
  const resources = {
    ...(cpu === undefined ? {} : { cpuMillis: cpu }),
    ...(memory === undefined ? {} : { memoryMiB: memory }),
  };
  const onDisconnect = {
    ...(lostAfter === undefined ? {} : { lostAfterMs: lostAfter * 1_000 }),
    ...(neverTwice === undefined ? {} : { stopOnWorkerAfterMs: neverTwice * 1_000 }),
  };
  return {
    ...(oneShot === true ? { one_shot: true } : {}),
    ...(Object.keys(onDisconnect).length === 0 ? {} : { onDisconnect }),
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(image === undefined ? {} : { image }),
    ...(technology === undefined ? {} : { technology }),
    ...(count === undefined ? {} : { count }),
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
    ...(label === undefined ? {} : { labels: label }),
    ...(nodeLabel === undefined ? {} : { nodeLabels: nodeLabel }),
    ...(env === undefined ? {} : { environment: env }),
    ...(node === undefined ? {} : { constraints: [{ type: 'direct', node }] }),
    ...(cmd.length === 0 ? {} : { cmd }),
  };
}

/** What a file of `-f` has, or standard input. */
export async function fileDocument(
  path: string,
  input: () => Promise<string>,
): Promise<JsonObject> {
  const name = path === '-' ? 'The job on standard input' : `The job file ${path}`;
  let bytes: Uint8Array;
  try {
    bytes = path === '-' ? Buffer.from(await input()) : await readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`${name} cannot be read: ${reason}`, exitCodes.usage);
  }
  // What is in the document the manager validates, and names every field that is wrong.
  const parsed = parseJsonDocument(bytes);
  // What `job show --json` printed has the document beside what was said of the job.
  if (parsed.ok) return isJobAnswer(parsed.value) ? parsed.value.document : parsed.value;
  throw new CommandFailure(`${name} cannot be read: ${parsed.refusal.detail}`, exitCodes.usage);
}
