import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { errorCatalogue, stateHash, workerComesBack } from '@oakring/contracts';
import { downKinds, nativeDown, nativeUp, upKinds, type Message } from '@oakring/contracts/native';

const page = readFileSync('docs/native-protocol.md', 'utf8');

/** What stands under the heading of a topic. */
function sectionOf(kind: string): string {
  const [, after = ''] = page.split(`\n### \`${kind}\`\n`);
  const [section = ''] = after.split(/\n##+ /);
  return section;
}

function examplesOf(kind: string): string[] {
  return [...sectionOf(kind).matchAll(/```json\n([^]*?)\n```/g)].map(([, text]) => text ?? '');
}

/** The members that the first table of a section lists. */
function listedIn(kind: string): string[] {
  const [table = ''] = sectionOf(kind).split('```');
  return [...table.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name ?? '');
}

const messages: Readonly<Record<string, Omit<Message<unknown>, 'encode'>>> = {
  ...nativeUp,
  ...nativeDown,
};

const kinds = [...upKinds, ...downKinds];
const examples = kinds.flatMap((kind) => examplesOf(kind).map((text) => [kind, text] as const));

describe('docs/native-protocol.md', () => {
  it.each(kinds)(
    'says of %s which way it goes, with which QoS, and whether it is retained',
    (kind) => {
      const [row = ''] = new RegExp(`^\\| \`${kind}\` .*$`, 'm').exec(page) ?? [];
      expect(row.split(/ *\| */).slice(2, 5)).toEqual([
        Object.hasOwn(nativeUp, kind) ? 'worker → manager' : 'manager → worker',
        String(messages[kind]?.qos),
        messages[kind]?.retained === true ? 'yes' : 'no',
      ]);
    },
  );

  it.each(kinds)('has a section with an example of %s', (kind) => {
    expect(examplesOf(kind)).not.toEqual([]);
  });

  it.each(examples)('gives an example of %s that is taken whole, as it is: %#', (kind, text) => {
    const taken = messages[kind]?.decode(Buffer.from(text));
    expect(taken).toMatchObject({ ok: true });
    expect(taken).not.toHaveProperty('leftOut');
    const missing = Object.keys(JSON.parse(text)).filter(
      (name) => messages[kind]?.members.includes(name) !== true,
    );
    expect(missing).toEqual([]);
  });

  it.each(kinds)('names every member of %s, and no other', (kind) => {
    expect(listedIn(kind).sort()).toEqual([...(messages[kind]?.members ?? [])].sort());
  });

  it.each(downKinds)('gives examples of %s of which the worker understands each member', (kind) => {
    for (const text of examplesOf(kind)) {
      expect(nativeDown[kind].decode(Buffer.from(text))).toMatchObject({ value: JSON.parse(text) });
    }
  });

  it('names codes that exist', () => {
    const [, table = ''] = page.split('\n## What is refused\n');
    const rows = [...table.matchAll(/^\| (`[^|]+`) +\|/gm)].map(([, cell]) => cell ?? '');
    const codes = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
    expect(codes).toContain('incarnation-stale');
    expect(codes.filter((code) => !(String(code) in errorCatalogue))).toEqual([]);
  });

  it('states the hash of its example', () => {
    const [request = '{}'] = examplesOf('requests');
    const instances = [...page.matchAll(/^(\w+)\/(\d+)\/(\d+) (running) (\w+)$/gm)].map(
      ([, job = '', instance, generation, status = '', digest = '']) => ({
        ...{ job, instance: Number(instance), generation: Number(generation), status, digest },
      }),
    );
    expect(instances).toHaveLength(2);
    expect(JSON.parse(request)).toMatchObject({ hash: stateHash(instances) });
  });

  it('states how long a worker may take to come back, which a restored ledger waits for', () => {
    const [, section = ''] = /\n## Coming back\n([^]*?)\n## /.exec(page) ?? [];
    const { firstMs, mostMs, attemptMs } = workerComesBack;
    for (const ms of [firstMs, mostMs, attemptMs, mostMs + attemptMs]) {
      expect(section).toContain(` ${ms / 1_000} s`);
    }
  });
});
