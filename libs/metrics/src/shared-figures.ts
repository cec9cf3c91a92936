import { roomOn, softwareVersion } from '@oakring/host';
import type { Book, Figures } from './book.js';
import type { Distribution } from './distribution.js';
import type { Labelled } from './labelled.js';

/** Which program this is. */
export function addBuildInfo(book: Book): void {
  let version: string | null = null;
  book.gauge(
    {
      name: 'oakring_build_info',
      is: 'Version of this program, always 1.',
      remedy: 'more than one version for longer than an upgrade takes: upgrade the rest.',
      labels: ['version'],
    },
    () => [[1, (version ??= softwareVersion())]],
  );
}

/** Requests that were answered, by what their address is about; `none`: there is no such address. */
export type RequestTimes = Labelled<Distribution>;

export function addRequestFigures(book: Book, requests: () => RequestTimes): void {
  book.histogram(
    {
      name: 'oakring_http_request_seconds',
      is: 'Requests answered since the start, by what the address is about, method and kind of status; streams are left out.',
      remedy:
        '5xx: the log says why, by request id; slow: look at nodejs_eventloop_lag_p99_seconds and oakring_append_seconds.',
      labels: ['route', 'method', 'status'],
    },
    () => requests(),
  );
}

/** True: up; null: nothing is known, or it is none of ours. */
export type Links = Readonly<Record<string, boolean | null>>;

export function addLinks(book: Book, says: string, remedy: string, links: () => Links): void {
  book.gauge(
    {
      name: 'oakring_link_up',
      is: `1 while a link of this program does its work. ${says}`,
      remedy,
      labels: ['link'],
    },
    () =>
      Object.entries(links()).flatMap(([link, isUp]) =>
        isUp === null ? [] : [[isUp ? 1 : 0, link] as const],
      ),
  );
}

/** Room where the data of this program lies: its folders by what lies there. */
export function addDisk(book: Book, folders: () => Readonly<Record<string, string>>): void {
  let size: Figures = null;
  let free: Figures = null;
  book.before(async () => {
    const rooms = await Promise.all(
      Object.entries(folders()).map(async ([what, folder]) => ({
        what,
        ...(await roomOn(folder)),
      })),
    );
    const of = (figure: 'totalBytes' | 'freeBytes'): Figures =>
      rooms.flatMap(({ what, [figure]: bytes }) => (bytes === undefined ? [] : [[bytes, what]]));
    size = of('totalBytes');
    free = of('freeBytes');
  });
  book.gauge(
    {
      name: 'oakring_disk_free_bytes',
      is: 'Room that is left on the disk of a folder: data; ledger, where it lies in another one.',
      remedy:
        'below a tenth of oakring_disk_size_bytes make room: a full disk stops every decision. Never remove files of the ledger.',
      labels: ['folder'],
    },
    () => free,
  );
  book.gauge(
    {
      name: 'oakring_disk_size_bytes',
      is: 'Size of the disk of that folder.',
      remedy: 'nothing to do: oakring_disk_free_bytes is held against it.',
      labels: ['folder'],
    },
    () => size,
  );
}
