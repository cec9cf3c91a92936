import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { settingsCatalogue } from '@oakring/contracts';
import { spokenDialects } from '../../apps/manager/src/wires/spoken.js';

const page = readFileSync('docs/oakestra.md', 'utf8');

/** What the first cells of the tables under a heading name. */
function namedUnder(heading: string): string[] {
  const [, after = ''] = page.split(`\n## ${heading}\n`);
  const [section = ''] = after.split(/\n## /);
  const rows = [...section.matchAll(/^\| ([^|]*) \|/gm)].map(([, cell]) => cell ?? '');
  return rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''));
}

const ofOakestra = /OAKESTRA|^SYSTEM_MANAGER|^CLUSTER_|^MQTT_/;

describe('docs/oakestra.md', () => {
  it('names every setting that Oakestra has a name for, or that is there for it', () => {
    const names = Object.values(settingsCatalogue).map(({ variable }) => variable);
    const named = namedUnder('Settings');
    const missing = names.filter((name) => ofOakestra.test(name) && !named.includes(name));
    expect(missing).toEqual([]);
  });

  it('names every topic that workers of Oakestra speak and hear on, and no other', () => {
    const dialect = spokenDialects.find(({ name }) => name === 'oakestra');
    const topics = [...(dialect?.up ?? []), ...(dialect?.down ?? [])].map(({ topic }) =>
      topic.split('/').slice(2).join('/'),
    );
    expect(namedUnder('What they say, and what they are told').sort()).toEqual(topics.sort());
  });

  it('leads nowhere that is not there', () => {
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) =>
      (heading ?? '')
        .toLowerCase()
        .replace(/[^a-z ]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
  });
});
