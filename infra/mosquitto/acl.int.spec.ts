import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { nativeDialect } from '../../apps/manager/src/wires/native/native.dialect.js';
import { topicOfNode } from '../../apps/manager/src/wires/node-topics.js';

const rules = readFileSync('infra/mosquitto/acl.example', 'utf8')
  .split('\n')
  .filter((line) => /^(topic|pattern) /.test(line));

describe('infra/mosquitto/acl.example', () => {
  it('lets manager and workers do what the dialect says, and no more', () => {
    const { up, down } = nativeDialect;
    const lines = (rule: string, topics: readonly { topic: string }[], node: string) =>
      topics.map(({ topic }) => `${rule} ${topicOfNode(topic, node)}`);
    expect(rules).toEqual([
      ...lines('topic read', up, '+'),
      ...lines('topic write', down, '+'),
      ...lines('pattern write', up, '%u'),
      ...lines('pattern read', down, '%u'),
    ]);
  });
});
