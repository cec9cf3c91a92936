import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeCredentials } from '../door.js';

/** What becomes of credentials, in the order in which it does. */
export interface CredentialsUnderTest {
  readonly nodes: NodeCredentials;
  join(node: string, secret: string): void;
  revoke(node: string): void;
  forget(node: string): void;
}

/** What a broker is told of the credentials of nodes, whoever keeps them. */
export function nodeCredentialsContract(name: string, start: () => CredentialsUnderTest): void {
  describe(`Credentials of nodes: ${name}`, () => {
    let under: CredentialsUnderTest;
    beforeEach(() => {
      under = start();
    });

    /** What each of the questions is answered with, of a node and a secret. */
    const asked = (node: string, secret: string) => {
      const bytes = Buffer.from(secret);
      const hash = createHash('sha256').update(bytes).digest('hex');
      const { nodes } = under;
      return [nodes.hasJoined(node), nodes.ofSecret(node, bytes), nodes.stands(node, hash)];
    };
    const nobodys = [false, 'unknown', false];
    const anothers = [true, 'unknown', false];
    const its = [true, 'holds', true];

    it('are those of who joined, each of one node', () => {
      expect(asked('a', 'one')).toEqual(nobodys);
      under.join('a', 'one');
      under.join('b', 'two');
      expect(asked('a', 'one')).toEqual(its);
      expect(asked('b', 'two')).toEqual(its);
      expect(asked('a', 'two')).toEqual(anothers);
      expect(asked('a', '')).toEqual(anothers);
      expect(asked('c', 'one')).toEqual(nobodys);
    });

    it('hold no more once another took their place', () => {
      under.join('a', 'one');
      under.join('a', 'next');
      expect(asked('a', 'one')).toEqual(anothers);
      expect(asked('a', 'next')).toEqual(its);
    });

    it('that were revoked are told from what is nobody’s, and keep the node from others', () => {
      under.join('a', 'one');
      under.revoke('a');
      expect(asked('a', 'one')).toEqual([true, 'revoked', false]);
      expect(asked('a', 'guess')).toEqual(anothers);
      under.join('a', 'next');
      expect(asked('a', 'next')).toEqual(its);
    });

    it('end with the node', () => {
      under.join('a', 'one');
      under.forget('a');
      expect(asked('a', 'one')).toEqual(nobodys);
      under.join('a', 'one');
      under.revoke('a');
      under.forget('a');
      expect(asked('a', 'one')).toEqual(nobodys);
    });
  });
}
