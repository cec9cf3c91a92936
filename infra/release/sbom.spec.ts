import { describe, expect, it } from '@jest/globals';
import { steadySbom } from './sbom.js';

const made = (chance: string, timestamp: string, component = 'oakring', folder = 'checkout') =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    serialNumber: `urn:uuid:${chance}`,
    metadata: { timestamp, component: { name: folder, purl: `pkg:npm/${component}@1.0.0` } },
    components: [],
  });

describe('the list of what is in a release', () => {
  const first = steadySbom(made('a', '2026-01-01T00:00:00.000Z'), 1_767_225_600);

  it('has the same bytes each time, and the moment of its source', () => {
    const again = made('b', '2027-05-05T00:00:00.000Z', 'oakring', 'elsewhere');
    expect(steadySbom(again, 1_767_225_600)).toBe(first);
    expect(JSON.parse(first)).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { timestamp: '2026-01-01T00:00:00.000Z', component: { name: 'oakring' } },
    });
  });

  it('is named by its content', () => {
    const { serialNumber } = JSON.parse(first) as { serialNumber: string };
    expect(serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const other = steadySbom(made('a', '2026-01-01T00:00:00.000Z', 'other'), 1_767_225_600);
    expect(other).not.toContain(serialNumber);
  });
});
