import { readFile } from 'node:fs/promises';
import type { JsonObject } from '@oakring/contracts';
import { CommandFailure, exitCodes } from '../exit-codes.js';

/** Options of `job run`. */
export interface RunOptions {
  readonly file?: string;
  readonly id?: string;
  readonly name?: string;
  readonly technology: string;
  readonly count?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly label?: readonly string[];
  readonly env?: readonly string[];
  readonly node?: string;
}

/** The body of `POST /api/v1/jobs` from a file or from options; the manager validates it. */
export async function jobBody(
  image: string | undefined,
  command: readonly string[],
  options: RunOptions,
): Promise<JsonObject> {
  if (options.file !== undefined) return readBody(options.file);
  if (image === undefined) {
    throw new CommandFailure('Name an image, or a job file with -f.', exitCodes.usage);
  }
  const resources = {
    ...(options.cpu === undefined ? {} : { cpuMillis: wholeNumber('--cpu', options.cpu) }),
    ...(options.memory === undefined ? {} : { memoryMiB: wholeNumber('--memory', options.memory) }),
  };
  return {
    ...(options.id === undefined ? {} : { id: options.id }),
    name: options.name ?? options.id ?? nameFromImage(image),
    image,
    technology: options.technology,
    ...(options.count === undefined ? {} : { count: wholeNumber('--count', options.count) }),
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
    ...(options.label === undefined ? {} : { labels: pairs('--label', options.label) }),
    ...(options.env === undefined ? {} : { environment: options.env }),
    ...(options.node === undefined
      ? {}
      : { constraints: [{ type: 'direct', node: options.node }] }),
    ...(command.length === 0 ? {} : { cmd: command }),
  };
}

async function readBody(path: string): Promise<JsonObject> {
  try {
    // The manager says what is wrong with the document, if anything is.
    return JSON.parse(await readFile(path, 'utf8')) as JsonObject;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`The job file ${path} cannot be read: ${reason}.`, exitCodes.usage);
  }
}

function nameFromImage(image: string): string {
  return (image.split('/').at(-1) ?? image).split(':')[0] ?? image;
}

export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CommandFailure(`${option} is "${text}", not a whole number.`, exitCodes.usage);
}

function pairs(option: string, entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const [key = '', ...value] = entry.split('=');
      if (key === '' || value.length === 0) {
        throw new CommandFailure(`${option} is "${entry}", not key=value.`, exitCodes.usage);
      }
      return [key, value.join('=')];
    }),
  );
}
