import { describe, expect, it } from '@jest/globals';
import type { EventLine } from '../../../client/documents.js';
import { Chapter } from './chapter.js';

function event(position: number, index: number, cause: string, stream = 'jobs/a'): EventLine {
  const place = { position, index, stream, version: 1, at: '2026-01-01T00:00:00.000Z' };
  return {
    ...place,
    type: 'JobSubmitted',
    by: 'api/token',
    cause,
    deviceAt: null,
    trace: null,
    data: {},
  };
}

describe('A part of a report', () => {
  const tell = ({ stream }: EventLine) => `submitted ${stream}`;

  it('tells two requests apart that came to lie in one commit', () => {
    const chapter = new Chapter(10);
    chapter.add(event(2, 0, 'request:1', 'jobs/a'), tell);
    chapter.add(event(2, 1, 'request:2', 'jobs/b'), tell);
    expect(chapter.lines.map(({ text, count }) => [text, count])).toEqual([
      ['submitted jobs/a', 1],
      ['submitted jobs/b', 1],
    ]);
  });

  it('tells once what one cause led to in one commit', () => {
    const chapter = new Chapter(10);
    for (const index of [0, 1, 2]) chapter.add(event(2, index, '1-0', `jobs/${index}`), tell);
    expect(chapter.lines).toMatchObject([{ count: 3, until: { address: '2/2' } }]);
  });

  it('counts what it has no line for, and goes on counting what it has one for', () => {
    const chapter = new Chapter(1);
    for (const [position, stream] of ['jobs/a', 'jobs/b', 'jobs/a', 'jobs/c'].entries()) {
      chapter.add(event(position + 1, 0, 'request:x', stream), tell);
    }
    expect(chapter.lines).toMatchObject([{ count: 2, until: { address: '3/0' } }]);
    expect(chapter.rest).toEqual({ events: 2, from: '2/0', to: '4/0' });
  });
});
