import { connect } from 'node:net';

/** Who holds a folder: `what` is what a person would call it, as `oakring up`. */
export interface Holder {
  readonly pid: number;
  readonly what: string;
}

export type HolderAnswer =
  | { readonly status: 'holder'; readonly holder: Holder }
  /** Somebody listens and says nothing that makes sense in time: a stopped process does that. */
  | { readonly status: 'silent' }
  | { readonly status: 'nobody' };

/** How long a holder has to say who it is. It answers from its event loop, which may be busy. */
const answerWithinMs = 2000;
const maxAnswerCharacters = 4096;

/** Asks the socket at `path` who listens there. */
export function askHolder(path: string): Promise<HolderAnswer> {
  return new Promise((resolve) => {
    let text = '';
    let isConnected = false;
    const socket = connect(path);
    const finish = (answer: HolderAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(answerWithinMs, () => finish({ status: 'silent' }));
    socket.once('connect', () => (isConnected = true));
    socket.on('data', (part: string) => {
      text = (text + part).slice(0, maxAnswerCharacters);
    });
    socket.once('end', () => finish(readAnswer(text)));
    socket.once('error', () => finish({ status: isConnected ? 'silent' : 'nobody' }));
  });
}

function readAnswer(text: string): HolderAnswer {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null && 'pid' in answer && 'what' in answer) {
      const holder = { pid: Number(answer.pid), what: String(answer.what) };
      return { status: 'holder', holder };
    }
  } catch {
    // Not ours, or cut off: all the same somebody listens.
  }
  return { status: 'silent' };
}
