import { describe, expect, it } from '@jest/globals';
import { judgeClock, judgeNtp } from './examine-clock.js';
import { judgeDisk, type Disk } from './examine-folder.js';
import { judgeMachine, type Machine } from './examine-machine.js';
import { shownBytes, type Finding } from './finding.js';

const gigabyte = 1_000_000_000;

const levels = (findings: readonly Finding[]): string[] => findings.map(({ level }) => level);

describe('A machine, for who needs 2 000 open files and 1 GB', () => {
  const wants = { openFiles: 2_000, memoryBytes: gigabyte };
  const enough: Machine = {
    ...{ openFiles: 1_048_576, memoryBytes: 8 * gigabyte, isLimited: false },
    ...{ freeBytes: gigabyte, heapBytes: 4 * gigabyte, node: '24.1.0', cores: 4 },
  };
  const found = (differing: Partial<Machine>) => judgeMachine({ ...enough, ...differing }, wants);

  it('is right with more than that', () => {
    expect(levels(found({}))).toEqual(['ok', 'ok', 'ok']);
  });

  it.each([
    [null, 'unknown'],
    [1_024, 'warning'],
    [128, 'bad'],
  ])('lets it have %s open files: %s, and says how many are wanted', (openFiles, level) => {
    expect(found({ openFiles })[1]).toMatchObject({
      level,
      looked: expect.stringContaining('2000'),
    });
  });

  it('has too little memory, for itself or for the group that we are in', () => {
    expect(found({ memoryBytes: gigabyte / 2 })[2]).toMatchObject({ level: 'warning' });
  });

  it('lets JavaScript take more than there is, which is said with the option that stops it', () => {
    const heap = found({ memoryBytes: 2 * gigabyte, isLimited: true })[3];
    expect(heap).toMatchObject({ level: 'warning', remedy: expect.stringContaining('=1430.') });
  });
});

describe('A disk', () => {
  const disk: Disk = {
    ...{ kind: 0xef53, freeBytes: 50 * gigabyte, totalBytes: 100 * gigabyte, freeInodes: 1_000 },
  };
  const found = (differing: Partial<Disk>) => levels(judgeDisk({ ...disk, ...differing }, 'x'));

  it.each([
    ['ext4 with room', {}, ['ok', 'ok']],
    [
      'of which a twentieth and 1 GiB are not left',
      { freeBytes: 0.7 * gigabyte },
      ['warning', 'ok'],
    ],
    ['with 10 MB left', { freeBytes: 10_000_000 }, ['bad', 'ok']],
    ['with no inode left', { freeInodes: 0 }, ['bad', 'ok']],
    ['that counts no inodes', { freeInodes: null }, ['ok', 'ok']],
    ['NFS', { kind: 0x6969 }, ['ok', 'bad']],
    ['tmpfs', { kind: 0x01021994 }, ['ok', 'warning']],
    ["a container's own layer", { kind: 0x794c7630 }, ['ok', 'warning']],
    ['of a kind that nobody has heard of', { kind: 0x42 }, ['ok', 'unknown']],
  ])('%s is judged by its room and by what it is', (_name, differing, judged) => {
    expect(found(differing)).toEqual(judged);
  });
});

describe('A clock', () => {
  it.each([
    [400, 10, 'ok'],
    [-3_000, 10, 'warning'],
    [7_000, 10, 'bad'],
    // The answer was under way for so long that nothing is known.
    [7_000, 6_500, 'ok'],
  ])('that is %s ms from another, give or take %s, is %s', (aheadMs, uncertainMs, level) => {
    expect(judgeClock({ aheadMs, uncertainMs, mostMs: 5_000 }, 'MongoDB')).toMatchObject({ level });
  });

  it.each([
    ['yes', 'ok'],
    ['no', 'warning'],
    [null, 'unknown'],
  ])('of which it is said that NTP sets it: %s, is %s', (answer, level) => {
    expect(judgeNtp(answer)).toMatchObject({ level });
  });
});

describe('A number of bytes', () => {
  it.each([
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [128_000_000, '128 MB'],
    [5_000 * gigabyte, '5.0 TB'],
  ])('%s is shown as %s', (bytes, shown) => {
    expect(shownBytes(bytes)).toBe(shown);
  });
});
