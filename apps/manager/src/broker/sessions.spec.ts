import { describe, expect, it } from '@jest/globals';
import { accessOf } from '../wires/access.js';
import { GrantedFilters } from './granted-filters.js';
import { Sessions } from './sessions.js';

function sessions() {
  const closed: [number, string][] = [];
  const all = new Sessions<{ readonly number: number }>(
    accessOf([]),
    new GrantedFilters(() => {}),
    ({ number }, why) => closed.push([number, why]),
  );
  return {
    closed,
    /** Lets so many in, as the node; null: as anybody. */
    connect(node: string | null, count: number, stands = () => true) {
      const connections = Array.from({ length: count }, (_, number) => ({ number }));
      for (const connection of connections) {
        const clientId = `${node}-${connection.number}`;
        const speaker =
          node === null ? ({ is: 'anyone', clientId } as const) : ({ is: 'node', node } as const);
        const session = { admitted: true, space: `${node}`, stands } as const;
        all.admit(connection, { ...session, speaker, clientId, address: '', isOver: false });
        all.began(connection);
      }
      return connections;
    },
    expire: () => all.expire(),
    end: (connection: { readonly number: number }) => all.ended(connection),
  };
}

describe('Connections of one node', () => {
  it('are eight at most: the oldest gives way, and those of others stay', () => {
    const { closed, connect } = sessions();
    connect('n2', 8);
    connect('n1', 10);
    expect(closed).toEqual([
      [0, 'their node has 8 newer ones'],
      [1, 'their node has 8 newer ones'],
    ]);
  });

  it('that ended count no more', () => {
    const { closed, connect, end } = sessions();
    for (const connection of connect('n1', 8)) end(connection);
    connect('n1', 8);
    expect(closed).toEqual([]);
  });

  it('are told from those of whoever speaks for many', () => {
    const { closed, connect } = sessions();
    connect(null, 100);
    expect(closed).toEqual([]);
  });
});

describe('A connection that was let in by a token', () => {
  it('ends with it, though nothing is said of that', () => {
    const { closed, connect, expire } = sessions();
    let holds = true;
    connect(null, 1, () => holds);
    connect('n1', 1, () => true);
    expire();
    expect(closed).toEqual([]);
    holds = false;
    expire();
    expire();
    expect(closed).toEqual([[0, 'what they showed holds no more']]);
  });
});
