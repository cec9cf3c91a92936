import type { JsonObject } from '@oakring/contracts';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { readJobs, type WrittenJob } from './job-file.js';

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

/**
 * Bodies of `POST /api/v1/jobs`: what the file has, in its order, with what was given as options put over each; or the
 * one that the options describe.
 */
export async function jobDocuments(request: JobRequest): Promise<readonly WrittenJob[]> {
  const { options } = request;
  if (options.file !== undefined) {
    const jobs = await readJobs(options.file, request.input);
    if (jobs.length > 1 && (options.id ?? options.name) !== undefined) {
      const detail = `${options.file} has ${jobs.length} documents: --id and --name are for one.`;
      throw new CommandFailure(detail, exitCodes.usage);
    }
    return jobs.map((job) => ({ ...job, document: { ...job.document, ...givenBy(request) } }));
  }
  const image = imageOf(request);
  if (image === undefined) throw new CommandFailure(noImage, exitCodes.usage);
  const document = { ...defaults(image, options), ...givenBy({ ...request, image }) };
  return [{ document, placeOf: () => Promise.resolve(null) }];
}

/** As `jobDocuments`, where one is asked for. */
export async function jobDocument(request: JobRequest): Promise<WrittenJob> {
  const [job, ...more] = await jobDocuments(request);
  if (job !== undefined && more.length === 0) return job;
  const detail = `${request.options.file} has ${more.length + 1} documents; this takes one.`;
  throw new CommandFailure(detail, exitCodes.usage);
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

/** The one document that a file of `-f` has, or standard input. */
export async function fileDocument(
  path: string,
  input: () => Promise<string>,
): Promise<JsonObject> {
  const request = { image: undefined, cmd: [], options: { file: path }, input };
  return (await jobDocument(request)).document;
}
