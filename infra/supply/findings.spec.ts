import { describe, expect, it } from '@jest/globals';
import { findingsIn, judge } from './findings.js';

const url = 'https://github.com/advisories/GHSA-1';
const finding = { package: 'parser', url, title: 'Reads too much', severity: 'high' };
const explained = { url, reason: 'We parse nothing of strangers with it.', until: '2026-03-01' };

describe('what npm audit reports', () => {
  it('is each advisory once, whoever inherits its fault', () => {
    const via = { name: 'parser', url, title: 'Reads too much', severity: 'high', source: 1 };
    const vulnerabilities = { parser: { via: [via] }, server: { via: ['parser', via] } };
    expect(findingsIn(JSON.stringify({ vulnerabilities }))).toEqual([finding]);
    expect(findingsIn('{"vulnerabilities":{}}')).toEqual([]);
  });

  it.each(['', 'npm error 404', '{"message":"404","error":{"code":"E404"}}', 'null'])(
    'is nothing where the registry answers no such question: %s',
    (text) => {
      expect(findingsIn(text)).toBeNull();
    },
  );
});

describe('a known fault of a package', () => {
  it('is mended or explained', () => {
    expect(judge([], [], '2026-01-01')).toEqual([]);
    expect(judge([finding], [explained], '2026-02-28')).toEqual([]);
    expect(judge([finding], [], '2026-02-28')).toEqual([
      expect.stringContaining(`parser: Reads too much (high, ${url})`),
    ]);
  });

  it('counts again from the day on that its explanation names', () => {
    expect(judge([finding], [explained], '2026-03-01')).toEqual([
      expect.stringContaining('was explained until 2026-03-01: "We parse nothing of strangers'),
    ]);
  });

  it('needs no explanation once it is gone', () => {
    expect(judge([], [explained], '2026-01-01')).toEqual([
      expect.stringContaining('not found any more'),
    ]);
  });
});
