import type Docker from 'dockerode';
import type { PullChoice } from '@oakring/contracts';
import { statusOf, whoseFault } from './docker-errors.js';
import { StartFailure } from './runtime.port.js';

interface Pull {
  readonly image: string;
  readonly when: PullChoice;
  /** Null: the registry asks nobody who he is. */
  readonly credentials: object | null;
}

interface Step {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Resolves once the image is at the engine, fetched by the job's own rule. */
export async function ensureImage(
  docker: Docker,
  { image, when, credentials }: Pull,
  signal: AbortSignal,
  progress: (what: string) => void,
): Promise<void> {
  if (when !== 'always' && (await isThere(docker, image))) return;
  if (when === 'never') {
    const detail = `${image} is not there, and the job says pull: never`;
    throw new StartFailure(`cannot start: ${detail}`, 'node');
  }
  if (signal.aborted) throw new Error('the start was cancelled');
  progress(`pulling ${image}`);
  const options = { abortSignal: signal, ...(credentials && { authconfig: credentials }) };
  const layers = new Layers();
  try {
    const stream = await docker.pull(image, options);
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error) => (error === null ? resolve() : reject(error)),
        (step: Step) => progress(`pulling ${image}: ${layers.after(step)}`),
      );
    });
  } catch (error) {
    throw notPulled(image, error);
  }
}

/** A registry says little of what it refuses, and its engine not always of which image that was. */
function notPulled(image: string, error: unknown): unknown {
  const fault = whoseFault(error);
  if (!(fault instanceof Error) || fault.message.includes(image)) return fault;
  const detail = `cannot pull ${image}: ${fault.message.trim()}`;
  return fault instanceof StartFailure
    ? new StartFailure(detail, fault.fault)
    : new Error(detail, { cause: error });
}

async function isThere(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw whoseFault(error);
  }
}

const bytesPerMb = 1_000_000;

/** How far the layers of an image are together, as far as they have told. */
export class Layers {
  private readonly known = new Map<string, { readonly current: number; readonly total: number }>();

  after({ id = '', status = 'going on', progressDetail }: Step): string {
    const { current, total } = progressDetail ?? {};
    const isDone = status === 'Download complete' || status === 'Pull complete';
    const before = this.known.get(id);
    if (status === 'Downloading' && current !== undefined && total !== undefined) {
      this.known.set(id, { current, total });
    } else if (isDone && before !== undefined) {
      this.known.set(id, { current: before.total, total: before.total });
    }
    const sum = { current: 0, total: 0 };
    for (const layer of this.known.values()) {
      sum.current += layer.current;
      sum.total += layer.total;
    }
    if (sum.total === 0) return status;
    const percent = Math.floor((100 * sum.current) / sum.total);
    const [done, all] = [sum.current, sum.total].map((each) => (each / bytesPerMb).toFixed(1));
    return `${percent} % (${done} of ${all} MB)`;
  }
}
