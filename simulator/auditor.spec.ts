import { describe, expect, it } from '@jest/globals';
import { emptyHead, encodeEvent, headOf, sealCommit, type DomainEvent } from '@oakring/events';
import { sampleOrigin } from '@oakring/events/testing';
import { Auditor } from './auditor.js';
import { Judge } from './judge.js';
import { Life, World } from './world.js';

const [one, another] = [new Life('manager-1'), new Life('manager-2')];

describe('An auditor', () => {
  it('finds nothing in epochs that are opened once, each written by one manager', () => {
    const ledger = audited();
    ledger.write(1, one, opening(1));
    ledger.write(1, one, said);
    ledger.write(2, another, opening(2));
    ledger.write(2, another, said);
    expect(ledger.judge.violation).toBeNull();
    expect(ledger.auditor.epoch).toBe(2);
  });

  it('does not let pass a second writer in one epoch', () => {
    const ledger = audited();
    ledger.write(1, one, opening(1));
    ledger.write(1, another, said);
    expect(ledger.judge.violation?.message).toContain('two managers wrote in epoch 1');
  });

  it('does not let pass an epoch that nobody opened, nor one that is opened twice', () => {
    const unopened = audited();
    unopened.write(1, one, said);
    expect(unopened.judge.violation?.message).toContain('epoch 1 is not opened once');
    const twice = audited();
    twice.write(1, one, opening(1));
    twice.write(1, one, opening(1));
    expect(twice.judge.violation?.message).toContain('epoch 1 is not opened once');
  });

  it('does not let pass a word to a worker for an epoch that is over', () => {
    const { judge } = audited();
    judge.spoke('manager-1', JSON.stringify({ epoch: 2 }), 2);
    expect(judge.isQuiet).toBe(true);
    judge.spoke('manager-1', JSON.stringify({ epoch: 2 }), 3);
    expect(judge.violation?.message).toContain('speaks for epoch 2, and epoch 3 is open');
  });
});

const said: DomainEvent = { stream: 'nodes/a', type: 'NodeBecameReady', data: { reason: 'r' } };

function opening(epoch: number): DomainEvent {
  const data = { epoch, software: 's', host: 'h', pid: 1, url: 'http://h', signingKey: 'k' };
  return { stream: 'cluster', type: 'EpochOpened', data };
}

/** An auditor of a ledger that a test writes, one event a commit. */
function audited() {
  const world = new World(1);
  const judge = new Judge(world);
  const auditor = new Auditor(world, judge, () => {});
  let head = emptyHead;
  const versions = new Map<string, number>();
  const write = (epoch: number, writer: Life, event: DomainEvent): void => {
    const version = (versions.get(event.stream) ?? 0) + 1;
    versions.set(event.stream, version);
    const about = { epoch, commitId: `${head.position}`, at: head.at + 1, commands: [] };
    const events = [encodeEvent(event, version, sampleOrigin)];
    const commit = sealCommit(head, { ...about, streams: [event.stream], events });
    head = headOf(commit);
    auditor.durable({ commit, writer });
  };
  return { judge, auditor, write };
}
