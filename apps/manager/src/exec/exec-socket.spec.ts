import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { execFrame, type ExecTold } from '@oakring/contracts';
import { simulatedPorts } from '@oakring/ports';
import type { WebSocket } from 'ws';
import { ExecSocket, type ExecListener } from './exec-socket.js';

/** Of one byte each: what costs room for the least of it. */
const pieces = 2_000;

/** A connection, as far as it is one here. */
class Wire extends EventEmitter {
  readonly told: ExecTold[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;

  send(data: string, done: () => void): void {
    this.told.push(JSON.parse(data) as ExecTold);
    done();
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  terminate(): void {}

  ask(asked: object): void {
    this.emit('message', Buffer.from(JSON.stringify(asked)), false);
  }

  input(bytes: string | Uint8Array): void {
    this.emit('message', Buffer.from(execFrame('in', Buffer.from(bytes))), true);
  }
}

let wire: Wire;
let socket: ExecSocket;
let heard: string[];
const listener: ExecListener = {
  input: (bytes) => void heard.push(`in ${Buffer.from(bytes).toString()}`),
  inputOver: () => void heard.push('over'),
  resize: (columns, rows) => void heard.push(`size ${columns}x${rows}`),
  gone: (why) => void heard.push(`gone: ${why}`),
};

beforeEach(() => {
  wire = new Wire();
  heard = [];
  // It has of a WebSocket what is asked of it here.
  socket = new ExecSocket(wire as unknown as WebSocket, simulatedPorts());
});

function start(input = true): void {
  wire.ask({ type: 'start', command: ['cat'], input });
}

describe('The connection to whoever runs a command', () => {
  it('keeps all that comes before there is a command for it: each byte, and the newest size', () => {
    start();
    for (let count = 0; count < pieces; count += 1) {
      wire.input('x');
      wire.ask({ type: 'resize', columns: 1 + (count % 200), rows: 9 });
    }
    wire.ask({ type: 'resize', columns: 132, rows: 50 });
    wire.ask({ type: 'eof' });
    socket.listen(listener);
    expect(heard.filter((each) => each === 'in x')).toHaveLength(pieces);
    expect(heard.filter((each) => each !== 'in x')).toEqual(['size 132x50', 'over']);
    expect(wire.closed).toBeNull();
  });

  it.each<[string, boolean, () => void, RegExp]>([
    ['a piece without bytes', true, () => wire.input(''), /no bytes/],
    ['input where none was to come', false, () => wire.input('x'), /without \(input\)/],
    [
      'input after its end',
      true,
      () => {
        wire.ask({ type: 'eof' });
        wire.input('x');
      },
      /after its end/,
    ],
    [
      'its end twice',
      true,
      () => {
        wire.ask({ type: 'eof' });
        wire.ask({ type: 'eof' });
      },
      /was said before/,
    ],
  ])('ends with a problem for %s', (_what, input, act, why) => {
    start(input);
    socket.listen(listener);
    act();
    expect(wire.told).toMatchObject([
      { type: 'problem', problem: { code: 'invalid-field', detail: expect.stringMatching(why) } },
    ]);
    expect(wire.closed).toMatchObject({ code: 1_008, reason: expect.stringMatching(why) });
    // Nothing that comes behind it is heard.
    const before = heard.length;
    for (let count = 0; count < 10; count += 1) {
      wire.input('');
      wire.ask({ type: 'resize', columns: 9, rows: 9 });
    }
    expect(heard).toHaveLength(before);
    expect(heard.at(-1)).toMatch(why);
    expect(wire.told).toHaveLength(1);
  });
});
