import { describe, expect, it } from '@jest/globals';
import { carries, labelTests, ownLabels } from './job-labels.js';

describe('The labels of a job', () => {
  const labels = ownLabels({ labels: { team: 'shop', tier: 1 } });

  it('are texts, and none where there is something else', () => {
    expect(labels).toEqual({ team: 'shop', tier: '1' });
    expect([ownLabels({}), ownLabels({ labels: 'shop' })]).toEqual([{}, {}]);
  });

  it.each([
    ['team=shop', true],
    ['tier', true],
    ['team=shop,tier=1', true],
    ['team=shop,tier=2', false],
    ['zone', false],
    ['constructor', false],
    ['team=', false],
  ])('are asked for, all of them at once: %s', (text, found) => {
    expect(carries(labels, labelTests(text) ?? [])).toBe(found);
  });

  it.each(['', '=shop', 'team,', ','])('have names: %j asks for nothing', (text) => {
    expect(labelTests(text)).toBeNull();
  });
});
