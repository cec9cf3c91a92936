import { readAddCheckpoint, readCheckpoint, witness } from '@oakring/events';
import type { Clock } from '@oakring/ports';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { WitnessState } from './witness-state.js';

const maxBodyBytes = 128 * 1024;
const path = '/add-checkpoint';

type Question = NonNullable<ReturnType<typeof readAddCheckpoint>>;

interface WitnessParts {
  readonly state: WitnessState;
  /** Public keys of the logs that are witnessed, by the cluster's id. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly tell: (line: string) => void;
}

/** `POST /add-checkpoint` as c2sp.org/tlog-witness has it, on loopback; behind a proxy for the world. */
export function witnessServer(parts: WitnessParts): Server {
  let last: Promise<unknown> = Promise.resolve();
  // One after the other: what is kept is compared, signed and kept anew in one step. Who sends slowly is no
  // part of it, and keeps nobody else waiting.
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    const done = last.then(step);
    last = done.catch(() => {});
    return done;
  };
  const server = createServer((request, response) => {
    questionIn(request, response)
      .then((asked) => (asked === null ? undefined : inTurn(() => answer(asked, response, parts))))
      .catch(() => response.destroy());
  });
  server.requestTimeout = 30_000;
  return server;
}

/** Null: it is answered already, being none. */
async function questionIn(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Question | null> {
  const refused = (status: number, text: string): null => {
    end(response, status, text);
    return null;
  };
  const { origin, 'sec-fetch-site': site } = request.headers;
  // A browser sends a form anywhere without asking, and what it says of whose it is with each POST.
  if (origin !== undefined || site !== undefined) return refused(403, 'No page is answered.\n');
  if (request.url !== path) return refused(404, 'There is POST /add-checkpoint only.\n');
  if (request.method !== 'POST') return refused(405, 'POST is what is answered.\n');
  const body = await bodyOf(request);
  const question = body === null ? null : readAddCheckpoint(body);
  return question ?? refused(400, 'The body is none of c2sp.org/tlog-witness.\n');
}

async function answer(
  question: Question,
  response: ServerResponse,
  { state, logs, clock, tell }: WitnessParts,
): Promise<void> {
  const known = {
    keysOf: (clusterId: string) => logs.get(clusterId) ?? null,
    newest: (clusterId: string) => state.newest(clusterId),
  };
  const seconds = Math.floor(clock.wallMs() / 1_000);
  const witnessed = witness(question, known, state.cosigner, seconds);
  if (witnessed.status === 'refused') {
    tell(`refused (${witnessed.http}): ${witnessed.reason}`);
    return witnessed.http === 409
      ? end(response, 409, `${witnessed.size}\n`, 'text/x.tlog.size')
      : end(response, witnessed.http, `${witnessed.reason}\n`);
  }
  const read = readCheckpoint(witnessed.note);
  if (read.status === 'refused') throw new TypeError(read.reason);
  const { clusterId, position } = read.checkpoint;
  await state.keep(clusterId, witnessed.note);
  tell(`cosigned: ${position} commits of cluster ${clusterId}`);
  end(response, 200, witnessed.line);
}

function end(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
  response.end(text);
}

/** Null: it is longer than any such body. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk as Uint8Array);
    bytes += piece.length;
    if (bytes > maxBodyBytes) return null;
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}
