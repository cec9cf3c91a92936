import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventSchemas } from '@oakring/events';

const page = readFileSync('docs/state-machines.md', 'utf8');
const named = new Set([...page.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name ?? ''));

/** They move nothing of what the page is about. */
const elsewhere =
  /^(Catalogue|Checkpoint|Cluster|Epoch|Key|Ledger|Messages|Requests?|Telemetry|WorkerHistory)|Refused$|^(DriftDetected|NodeClaimedTwice)$/;

describe('docs/state-machines.md', () => {
  it('names events that exist', () => {
    expect([...named].filter((name) => !(name in eventSchemas))).toEqual([]);
  });

  it('names every event that moves a node, instance, placement, order, job or token', () => {
    const moving = Object.keys(eventSchemas).filter((type) => !elsewhere.test(type));
    expect(moving.filter((type) => !named.has(type))).toEqual([]);
  });
});
