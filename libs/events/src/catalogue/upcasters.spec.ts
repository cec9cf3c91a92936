import { describe, expect, it } from '@jest/globals';
import { schemaVersion } from './catalogue.js';
import { upcast } from './upcasters.js';

describe.each(['JobSubmitted', 'JobUpdated'])('A job of before schema version 6 (%s)', (type) => {
  const labels = { zone: 'north' };

  it('asks nodes for the labels that its document named', () => {
    const data = { document: { name: 'web', labels }, labels, bodyHash: 'h' };
    expect(upcast(type, 5, data)).toEqual({
      ...{ document: { name: 'web', nodeLabels: labels }, labels, bodyHash: 'h' },
    });
  });

  it('asks for none by a name that said nothing then', () => {
    const data = { document: { name: 'web', nodeLabels: labels }, labels: {} };
    expect(upcast(type, 5, data)).toEqual({ document: { name: 'web' }, labels: {} });
  });

  it('is not one of today, whose labels are its own', () => {
    const data = { document: { name: 'web', labels } };
    expect(upcast(type, schemaVersion, data)).toBe(data);
  });
});
