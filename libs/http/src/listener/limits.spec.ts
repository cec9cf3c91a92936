import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { limitConnections } from './limits.js';

/** As much of a socket as is looked at. */
class Connection extends EventEmitter {
  isOpen = true;

  constructor(readonly remoteAddress: string) {
    super();
  }

  destroy(): void {
    this.isOpen = false;
  }

  close(): void {
    this.isOpen = false;
    this.emit('close');
  }
}

function listener(most: number, spared: readonly string[] = []): (from: string) => Connection {
  const server = new EventEmitter();
  const isSpared = ({ remoteAddress = '' }) => spared.includes(remoteAddress);
  limitConnections(server, most, { isSpared });
  return (from) => {
    const connection = new Connection(from);
    server.emit('connection', connection);
    return connection;
  };
}

describe('A listener with every place taken', () => {
  it('lets a further one in, and closes the oldest of whoever has most', () => {
    const connect = listener(4);
    const early = connect('10.0.0.1');
    const crowd = [1, 2, 3].map(() => connect('10.0.0.9'));
    const late = connect('10.0.0.2');
    expect(crowd.map(({ isOpen }) => isOpen)).toEqual([false, true, true]);
    expect([early.isOpen, late.isOpen]).toEqual([true, true]);
  });

  it('lets whoever takes every place take them from himself', () => {
    const connect = listener(4);
    const operator = connect('10.0.0.1');
    const crowd = Array.from({ length: 1_000 }, () => connect('10.0.0.9'));
    expect(crowd.filter(({ isOpen }) => isOpen)).toHaveLength(3);
    expect(operator.isOpen).toBe(true);
  });

  it('leaves in whoever is spared', () => {
    const connect = listener(2, ['10.0.0.1']);
    const spared = [1, 2, 3].map(() => connect('10.0.0.1'));
    expect(spared.map(({ isOpen }) => isOpen)).toEqual([true, true, true]);
  });

  it('counts nobody who has gone, and nobody twice', () => {
    const connect = listener(2);
    const first = connect('10.0.0.1');
    const second = connect('10.0.0.1');
    const third = connect('10.0.0.1');
    // It was closed for room already.
    first.close();
    expect([second.isOpen, third.isOpen]).toEqual([true, true]);
    third.close();
    const fourth = connect('10.0.0.2');
    expect([second.isOpen, fourth.isOpen]).toEqual([true, true]);
    const fifth = connect('10.0.0.2');
    expect([second.isOpen, fourth.isOpen, fifth.isOpen]).toEqual([true, false, true]);
  });
});
