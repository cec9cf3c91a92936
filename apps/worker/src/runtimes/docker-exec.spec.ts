import { describe, expect, it } from '@jest/globals';
import type Docker from 'dockerode';
import { simulatedPorts } from '@oakring/ports';
import { execInside } from './docker-exec.js';
import { TestTalk } from './testing/test-talk.js';

/** Of an engine that takes a command and never begins it. */
const container = {
  exec: async () => ({ start: () => new Promise(() => {}) }),
} as unknown as Docker.Container;

describe('A command in a container whose engine never begins it', () => {
  it('is waited for ten seconds', async () => {
    const ports = simulatedPorts();
    const wanted = { command: ['ls'], terminal: null };
    const ran = expect(execInside(container, wanted, new TestTalk(), ports)).rejects.toThrow(
      'did not begin it within 10 s',
    );
    await ports.advance(10_000);
    await ran;
  });

  it('is waited for by nobody who has left', async () => {
    const talk = new TestTalk();
    const wanted = { command: ['ls'], terminal: null };
    const ran = execInside(container, wanted, talk, simulatedPorts());
    talk.leaving.abort(new Error('gone'));
    await expect(ran).rejects.toThrow('gone');
  });
});
