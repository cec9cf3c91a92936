import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Door, type LetIn, type Shown } from './door.js';
import { KnownNodes } from './testing/known-nodes.js';

const internal = { username: 'inside', password: 'of nobody' };
const shared = { username: 'devices', password: 'open sesame' };

function door(letIn: Partial<LetIn> = {}) {
  const nodes = new KnownNodes();
  nodes.join('edge-1', 'one');
  nodes.join('edge-2', 'two');
  const asked = new Door(internal, { open: false, shared: null, nodes, ...letIn });
  return {
    nodes,
    judge: (username?: string, password?: string, more: Partial<Shown> = {}) =>
      asked.judge({
        ...{ clientId: 'c', address: '10.0.0.7', username },
        password: password === undefined ? undefined : Buffer.from(password),
        certified: null,
        ...more,
      }),
  };
}

const speaker = (judged: ReturnType<ReturnType<typeof door>['judge']>) =>
  judged.admitted ? judged.speaker : judged.refusal.detail;

describe('The door of the embedded broker', () => {
  it('knows the manager’s own connection by what it made for it', () => {
    expect(speaker(door().judge('inside', 'of nobody'))).toBeNull();
    expect(speaker(door().judge('inside', 'of somebody'))).toContain('no node that joined');
  });

  it('lets a node in with its secret, as that node', () => {
    expect(speaker(door().judge('edge-1', 'one'))).toEqual({ is: 'node', node: 'edge-1' });
  });

  it.each([
    ['the secret of another node', 'edge-1', 'two'],
    ['a part of its secret', 'edge-1', 'on'],
    ['more than its secret', 'edge-1', 'one '],
    ['no password', 'edge-1', undefined],
    ['an empty one', 'edge-1', ''],
    ['the name of nobody', 'edge-9', 'one'],
    ['no name', undefined, undefined],
    ['a password without a name', undefined, 'one'],
    ['its name in other letters', 'EDGE-1', 'one'],
  ])('refuses %s', (_what, username, password) => {
    for (const letIn of [{}, { shared }, { ofToken: () => null }]) {
      expect(door(letIn).judge(username, password)).toMatchObject({
        admitted: false,
        refusal: { code: 'unauthorized' },
      });
    }
  });

  it('says why in words that name client and node, and no secret', () => {
    const { nodes, judge } = door();
    expect(speaker(judge('edge-1', 'guess'))).toBe(
      'Client "c" shows another secret than that of node edge-1.',
    );
    nodes.revoke('edge-1');
    expect(speaker(judge('edge-1', 'one'))).toBe(
      'Client "c" shows a credential of node edge-1 that was revoked.',
    );
    expect(speaker(judge())).toBe('Client "c" shows no credential.');
  });

  it('lets whoever shows what devices share speak for nodes without a credential', () => {
    expect(speaker(door({ shared }).judge('devices', 'open sesame'))).toEqual({
      is: 'anyone',
      clientId: 'c',
    });
    expect(speaker(door().judge('devices', 'open sesame'))).toContain('no node that joined');
  });

  it('lets in by a token that may, for as long as that one holds', () => {
    let holds = true;
    const judged = door({
      ofToken: (password) => (password === 'oakring_x' ? () => holds : null),
    }).judge('admin', 'oakring_x');
    expect(speaker(judged)).toEqual({ is: 'anyone', clientId: 'c' });
    const stands = () => judged.admitted && judged.stands();
    expect(stands()).toBe(true);
    holds = false;
    expect(stands()).toBe(false);
  });

  it('lets programs in without a name from where they may be, and only without one', () => {
    const { judge } = door({ nameless: (address) => address === '10.0.0.7' });
    expect(speaker(judge())).toEqual({ is: 'nameless', clientId: 'c' });
    expect(speaker(judge(undefined, undefined, { address: '10.0.0.8' }))).toContain('shows no');
    expect(speaker(judge('edge-9', 'x'))).toContain('no node that joined');
  });

  it('asks nobody where it is open, but takes nobody for a node whose secret he does not show', () => {
    const { nodes, judge } = door({ open: true });
    const anyone = { is: 'anyone', clientId: 'c' };
    expect([speaker(judge()), speaker(judge('whoever', 'x'))]).toEqual([anyone, anyone]);
    expect(speaker(judge('edge-1', 'one'))).toEqual({ is: 'node', node: 'edge-1' });
    expect(speaker(judge('edge-1', 'guess'))).toContain('another secret');
    nodes.forget('edge-1');
    expect(speaker(judge('edge-1', 'guess'))).toEqual(anyone);
  });

  it('tells of a node whether it would be let in again', () => {
    const { nodes, judge } = door();
    const [before, other] = [judge('edge-1', 'one'), judge('edge-2', 'two')];
    const stand = () => [before, other].map((each) => each.admitted && each.stands());
    expect(stand()).toEqual([true, true]);
    nodes.join('edge-1', 'another');
    expect(stand()).toEqual([false, true]);
    nodes.forget('edge-2');
    expect(stand()).toEqual([false, false]);
  });

  it('gives each identity client ids of its own', () => {
    const { judge } = door({ shared, nameless: () => true });
    const spaces = [
      judge('inside', 'of nobody'),
      judge('edge-1', 'one'),
      judge('edge-2', 'two'),
      judge('devices', 'open sesame'),
      judge(),
    ].map((judged) => judged.admitted && judged.space);
    expect(new Set(spaces).size).toBe(5);
  });

  it('knows a node by its certificate, for as long as the credential stands that it was signed for', () => {
    const { nodes, judge } = door();
    const hash = createHash('sha256').update('one').digest('hex');
    const certified = { node: 'edge-1', credential: hash };
    const judged = judge(undefined, undefined, { certified });
    expect(judged).toMatchObject({ speaker: { is: 'node', node: 'edge-1' }, space: 'node/edge-1' });
    expect(judge('edge-1', undefined, { certified }).admitted).toBe(true);
    expect(judge('edge-1', 'two', { certified }).admitted).toBe(false);
    expect(judge('edge-2', 'two', { certified }).admitted).toBe(false);
    const other = { ...certified, credential: hash.replace(/^./, 'x') };
    expect(judge('edge-1', undefined, { certified: other }).admitted).toBe(false);
    nodes.revoke('edge-1');
    expect(judged.admitted && judged.stands()).toBe(false);
    expect(speaker(judge(undefined, undefined, { certified }))).toContain('holds no more');
  });
});
