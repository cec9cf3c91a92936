import { realpath } from 'node:fs/promises';
import { isInFolder } from '@oakring/contracts';
import { notAllowed } from './not-allowed.js';
import { StartFailure } from './runtime.port.js';

/**
 * The folder that a job asks for, where links lead to: it has to be below a prefix that the machine's
 * owner allows, and so has what it leads to. `isHere`: it is of this machine; of an engine elsewhere only
 * the path can be compared, and links there are its owner's to look at. Who can change what is below a
 * prefix while a job starts can lead it elsewhere all the same: allow none that jobs may write links in.
 */
export async function allowedPath(
  path: string,
  prefixes: readonly string[],
  isHere: boolean,
): Promise<string> {
  if (!isHere) return below(path, path, prefixes);
  below(path, path, prefixes);
  const [real, ...allowed] = await Promise.all(
    [path, ...prefixes].map((each) => realpath(each).catch(() => null)),
  );
  if (real === null || real === undefined) {
    throw new StartFailure(`cannot start: there is no ${path} on this machine`, 'node');
  }
  return below(
    path,
    real,
    allowed.flatMap((each) => each ?? []),
  );
}

function below(asked: string, path: string, prefixes: readonly string[]): string {
  if (prefixes.some((prefix) => isInFolder(path, prefix))) return path;
  const where = path === asked ? '' : `, which leads to ${path},`;
  throw notAllowed(`the host path ${asked}${where}`, 'OAKRING_WORKER_HOST_PATHS');
}
