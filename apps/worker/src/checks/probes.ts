import { request } from 'node:http';
import { connect } from 'node:net';
import { cutText, type HealthProbe } from '@oakring/contracts';
import { safeText } from '@oakring/log';
import type { Timers } from '@oakring/ports';

export type PortProbe = Extract<HealthProbe, { by: 'http' | 'tcp' }>;

/** What a program says that is not well, as far as it is told. */
const maxWordsCharacters = 200;

/** Whether something answers there in time: null, or why not. Never rejects. */
export async function askPort(
  host: string,
  probe: PortProbe,
  timeoutMs: number,
  timers: Timers,
): Promise<string | null> {
  const what = probe.by === 'tcp' ? `${host}:${probe.port}` : `GET ${shownUrl(host, probe)}`;
  const inTime = new AbortController();
  const limit = timers.after(timeoutMs, () => inTime.abort());
  let why = '';
  for (const address of addressesOf(host)) {
    try {
      const problem =
        probe.by === 'tcp'
          ? await connected(address, probe.port, inTime.signal)
          : await answered(address, probe, inTime.signal);
      limit.cancel();
      return problem === null ? null : `${what} ${problem}`;
    } catch (error) {
      if (inTime.signal.aborted) return `${what} ${tooLate(timeoutMs)}`;
      // Of two addresses the first is the one that was meant.
      why ||= String(error).replace(/^\w*Error: /, '');
    }
  }
  limit.cancel();
  return `${what} does not answer: ${shortWords(why)}`;
}

/** Whoever listens on this machine may do so on either; not every machine's own name means both. */
function addressesOf(host: string): readonly string[] {
  return host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
}

export function tooLate(timeoutMs: number): string {
  return `gave no answer within ${timeoutMs} ms`;
}

/** How a command that looks has ended. Its arguments may hold what is nobody's business. */
export function problemOfCommand(
  [program = '']: readonly string[],
  code: number | string,
  words: string,
): string | null {
  if (code === 0) return null;
  const lastLine = words.trim().split('\n').at(-1)?.trim() ?? '';
  const how = `${program} ended with ${typeof code === 'number' ? `exit code ${code}` : code}`;
  return lastLine === '' ? how : `${how}: ${shortWords(lastLine)}`;
}

/** Made safe before it is cut, while an address still has its end. */
function shortWords(words: string): string {
  return cutText(safeText(words), maxWordsCharacters);
}

/** A query may hold a secret. */
function shownUrl(host: string, { port, path }: { port: number; path: string }): string {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return `http://${authority}${path.split('?')[0] ?? path}`;
}

function connected(host: string, port: number, signal: AbortSignal): Promise<null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      resolve(null);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

/** 200 to 399 is well; where a redirection leads is not looked at. */
function answered(
  host: string,
  { port, path }: { port: number; path: string },
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'oakring-health' };
    const asking = request({ host, port, path, agent: false, headers, signal });
    asking.once('response', (answer) => {
      const code = answer.statusCode ?? 0;
      resolve(code >= 200 && code < 400 ? null : `answered ${code}`);
      // What else it has to say is not listened to.
      answer.once('error', () => {});
      asking.destroy();
    });
    asking.on('error', reject);
    asking.end();
  });
}
