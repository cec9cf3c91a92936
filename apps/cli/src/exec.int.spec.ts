import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFrame, execPiece, problemOf, type ExecAsked, type ExecTold } from '@oakring/contracts';
import { WebSocketServer, type WebSocket } from 'ws';
import { streamIo, type Io } from './io.js';
import { run } from './run.js';

/** The manager's end of one command, played by a test. */
interface Played {
  readonly socket: WebSocket;
  readonly asked: ExecAsked[];
  readonly input: () => string;
  tell(told: ExecTold): void;
  say(channel: 'out' | 'err', text: string): void;
}

const begun = { type: 'started', exec: '9-0', node: 'n1', generation: 1 } as const;
let server: Server;
let url: string;
let addresses: string[];
let instances: readonly object[];
/** What is done once a command is to start. */
let play: (played: Played) => void;
let refuse: number | null;

beforeEach(async () => {
  addresses = [];
  instances = [{ number: 0, status: 'running' }];
  play = () => {};
  refuse = null;
  const sockets = new WebSocketServer({ noServer: true });
  server = createServer((request, answer) => {
    const isJob = request.url === '/api/v1/jobs/web';
    const unknown = problemOf({ code: 'job-unknown', detail: 'There is no such job.' });
    answer.writeHead(isJob ? 200 : 404, { 'content-type': 'application/json' });
    answer.end(JSON.stringify(isJob ? { id: 'web', status: 'active', instances } : unknown));
  });
  server.on('upgrade', (request, socket, head) => {
    addresses.push(
      `${request.url} ${request.headers.authorization} ${request.headers['sec-websocket-protocol']}`,
    );
    if (refuse !== null) {
      const body = JSON.stringify(problemOf({ code: 'instance-unknown', detail: 'No such one.' }));
      socket.end(`HTTP/1.1 ${refuse} No\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => played(accepted));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function played(socket: WebSocket): void {
  const asked: ExecAsked[] = [];
  let input = '';
  const part: Played = {
    ...{ socket, asked, input: () => input },
    tell: (told) => socket.send(JSON.stringify(told)),
    say: (channel, text) => socket.send(execFrame(channel, Buffer.from(text))),
  };
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      input += String(Buffer.from(execPiece(data)?.bytes ?? []));
      return;
    }
    asked.push(JSON.parse(String(data)) as ExecAsked);
    if (asked.length === 1) play(part);
  });
}

/** A terminal, or pipes. */
function seat({ isTerminal = false, input = '', isStuck = false } = {}) {
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: isTerminal,
    setRawMode: (isRaw: boolean) => modes.push(isRaw),
  });
  if (!isTerminal) stdin.end(input);
  const sink = () => {
    const chunks: Buffer[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        if (!isStuck) done();
      },
    });
    return Object.assign(stream, { text: () => Buffer.concat(chunks).toString() });
  };
  const stdout = Object.assign(sink(), { isTTY: isTerminal, columns: 100, rows: 30 });
  const stderr = sink();
  let stop: (signal: string) => void = () => {};
  const io: Io = streamIo(
    { stdin, stdout, stderr },
    { onStopSignal: (listener) => (stop = listener), endWithin: () => {} },
  );
  return { io, stdin, stdout, stderr, modes, signal: (name: string) => stop(name) };
}

function exec(at: ReturnType<typeof seat>, ...words: readonly string[]): Promise<number> {
  return run(['job', 'exec', ...words], at.io, { OAKRING_URL: url, OAKRING_TOKEN: 'secret' });
}

describe('oakring job exec', () => {
  it('runs a command in the one instance, shows what it says as it is, and ends with its exit code', async () => {
    const at = seat();
    play = (manager) => {
      manager.tell(begun);
      manager.say('out', '\u001b[1mone\n');
      manager.say('err', 'two');
      manager.tell({ type: 'exit', exitCode: 7 });
    };
    expect(await exec(at, 'web', '--', 'ls', '-l', '--all')).toBe(7);
    expect([at.stdout.text(), at.stderr.text()]).toEqual(['\u001b[1mone\n', 'two']);
    expect(addresses).toEqual(['/api/v1/jobs/web/instances/0/exec Bearer secret oakring.exec.v1']);
  });

  it('passes standard input on where it is told to, until its end, as fast as it is taken', async () => {
    const text = 'x'.repeat(100_000);
    const at = seat({ input: text });
    let before = 0;
    play = (manager) => {
      expect(manager.asked[0]).toMatchObject({ command: ['cat'], input: true, tty: false });
      manager.tell(begun);
      const look = (): void => {
        if (manager.input().length === 65_536 && before === 0) {
          before = manager.input().length;
          manager.tell({ type: 'credit', bytes: 200_000 });
        }
        if (manager.asked.at(-1)?.type === 'eof') manager.tell({ type: 'exit', exitCode: 0 });
        else setImmediate(look);
      };
      look();
      manager.socket.once('close', () => expect(manager.input()).toHaveLength(text.length));
    };
    expect(await exec(at, 'web', '0', '-i', '--', 'cat')).toBe(0);
    expect(before).toBe(65_536);
  });

  it('says that it took what came, so that more may come', async () => {
    const at = seat();
    play = (manager) => {
      manager.tell(begun);
      for (let count = 0; count < 8; count += 1) manager.say('out', 'y'.repeat(8_192));
      manager.socket.on('message', () => {
        if (manager.asked.at(-1)?.type === 'credit') manager.tell({ type: 'exit', exitCode: 0 });
      });
    };
    expect(await exec(at, 'web', '--', 'ls')).toBe(0);
    expect(at.stdout.text()).toHaveLength(65_536);
  });

  it('gives it the terminal: its size, each key, each other size, and puts it back', async () => {
    const at = seat({ isTerminal: true });
    play = (manager) => {
      expect(manager.asked[0]).toMatchObject({ tty: true, input: true, columns: 100, rows: 30 });
      manager.tell(begun);
      manager.say('out', 'ready');
      manager.socket.on('message', () => {
        if (manager.input() === '\u0003' && at.stdout.columns === 100) {
          at.stdout.columns = 132;
          at.stdout.emit('resize');
        }
        if (manager.asked.at(-1)?.type === 'resize') manager.tell({ type: 'exit', exitCode: 130 });
      });
      at.stdin.write('\u0003');
    };
    expect(await exec(at, 'web', '-it', '--', 'sh')).toBe(130);
    expect(at.modes).toEqual([true, false]);
  });

  it('says so, with a code of its own, where the connection is lost, and puts the terminal back', async () => {
    const at = seat({ isTerminal: true });
    play = (manager) => {
      manager.tell(begun);
      setImmediate(() => manager.socket.terminate());
    };
    expect(await exec(at, 'web', '-it', '--', 'sh')).toBe(255);
    expect(at.modes).toEqual([true, false]);
    expect(at.stderr.text()).toMatch(/connection to the manager was lost.*hung up on.*ExecEnded/s);
  });

  it('leaves when it is told to end, and puts the terminal back', async () => {
    const at = seat({ isTerminal: true });
    let isClosed: Promise<unknown> = Promise.resolve();
    play = (manager) => {
      manager.tell(begun);
      isClosed = once(manager.socket, 'close');
      setImmediate(() => at.signal('SIGTERM'));
    };
    expect(await exec(at, 'web', '-it', '--', 'sh')).toBe(143);
    await isClosed;
    expect(at.modes.at(-1) ?? false).toBe(false);
  });

  it.each(['while it runs', 'after it has ended'])(
    'leaves at once %s, though nobody takes what it says, and puts the terminal back',
    async (when) => {
      const at = seat({ isTerminal: true, isStuck: true });
      let isClosed: Promise<unknown> = Promise.resolve();
      play = (manager) => {
        manager.tell(begun);
        isClosed = once(manager.socket, 'close');
        for (let count = 0; count < 7; count += 1) manager.say('out', 'y'.repeat(8_192));
        if (when === 'after it has ended') manager.tell({ type: 'exit', exitCode: 0 });
        const look = (): void => {
          if (at.stdout.text() !== '') at.signal('SIGINT');
          else setImmediate(look);
        };
        look();
      };
      expect(await exec(at, 'web', '-it', '--', 'yes')).toBe(130);
      await isClosed;
      expect(at.modes).toEqual([true, false]);
    },
  );

  it.each<[string, () => void, number]>([
    [
      'before it ran',
      () => {
        play = (manager) => {
          const problem = problemOf({ code: 'exec-not-offered', detail: 'Nobody is let in.' });
          manager.tell({ type: 'problem', problem });
        };
      },
      125,
    ],
    [
      'while it ran',
      () => {
        play = (manager) => {
          manager.tell(begun);
          const problem = problemOf({ code: 'exec-not-offered', detail: 'Nobody is let in.' });
          manager.tell({ type: 'problem', problem });
        };
      },
      255,
    ],
  ])(
    'tells what the manager says against it %s, with a code of its own',
    async (_when, set, code) => {
      const at = seat();
      set();
      expect(await exec(at, 'web', '--', 'ls')).toBe(code);
      expect(at.stderr.text()).toMatch(
        /exec-not-offered.*Nobody is let in.*OAKRING_WORKER_EXEC=true/s,
      );
    },
  );

  it.each<[string, readonly string[], () => void, number, RegExp]>([
    ['no command is given', ['web'], () => {}, 2, /behind --/],
    ['there is no terminal to give', ['web', '-t', '--', 'sh'], () => {}, 2, /leave out -t/],
    ['there is no such job', ['other', '--', 'ls'], () => {}, 125, /no such job/],
    [
      'the manager knows no such instance',
      ['web', '7', '--', 'ls'],
      () => (refuse = 404),
      125,
      /No such one/,
    ],
    [
      'there are several',
      ['web', '--', 'ls'],
      () => (instances = [{ number: 0 }, { number: 3 }]),
      125,
      /instances 0, 3: name the one/,
    ],
  ])('is refused with the remedy where %s', async (...[, words, set, code, told]) => {
    const at = seat();
    set();
    expect(await exec(at, ...words)).toBe(code);
    expect(at.stderr.text()).toMatch(told);
  });

  it('says that no manager answers, with the code of what was not run', async () => {
    const at = seat();
    const code = await run(['job', 'exec', 'web', '--', 'ls'], at.io, {
      OAKRING_URL: 'http://127.0.0.1:9',
    });
    expect([code, at.stderr.text()]).toEqual([125, expect.stringContaining('No manager answers')]);
  });
});
