import { incarnationOf } from './addresses.js';
import { flag, may, messageOf, must, wordOf } from './codec.js';

/** `nodes/<id>/status`; "offline" is also the last will. */
export interface WorkerStatus {
  readonly status: 'online' | 'offline';
  readonly incarnation: number | null;
  /** The worker stops on purpose and has said in its last `state` what goes on without it. */
  readonly stopped?: boolean;
  /** It ends because a newer start has its id; it is no longer that node. */
  readonly superseded?: boolean;
}

const said = messageOf<WorkerStatus>({
  status: must(wordOf(['online', 'offline'])),
  incarnation: may(incarnationOf, null),
  stopped: flag,
  superseded: flag,
});

/** Only one that says "offline" says why. */
export const status: typeof said = {
  ...said,
  read: (body) => {
    const read = said.read(body);
    if (!read.ok || read.value.status === 'offline') return read;
    return { ...read, value: { ...read.value, stopped: false, superseded: false } };
  },
};
