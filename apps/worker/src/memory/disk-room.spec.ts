import { describe, expect, it } from '@jest/globals';
import { DiskRoom } from './disk-room.js';

const roomOf = (blocks: number): DiskRoom =>
  new DiskRoom('/data', 128, () => ({ bavail: blocks, bsize: 1_048_576 }));

describe('The disk of a worker', () => {
  it('has room for something new while as much is free as is kept back', () => {
    expect(roomOf(128).problem).toBeNull();
    expect(roomOf(127).problem).toMatch(
      /^the disk of \/data is nearly full: 127 MiB are free, of 128 that must be; .*OAKRING_WORKER_DISK_RESERVE$/,
    );
  });

  it('is full until there is a tenth more than must be: it does not come and go', () => {
    let free = 127;
    const room = new DiskRoom('/data', 128, () => ({ bavail: free, bsize: 1_048_576 }));
    const after = (mebibytes: number) => {
      free = mebibytes;
      return room.full;
    };
    expect(after(127)).toEqual({ freeMiB: 127, leastMiB: 128 });
    expect(after(140)).toEqual({ freeMiB: 140, leastMiB: 128 });
    expect(room.problem).toContain(
      '140 MiB are free, and it takes something new again from 141 on',
    );
    expect(after(141)).toBeNull();
    expect(after(128)).toBeNull();
  });

  it('is not in the way where nobody can say how much is free', () => {
    const room = new DiskRoom('/data', 128, () => {
      throw new Error('ENOSYS');
    });
    expect(room.problem).toBeNull();
  });

  it('is looked at where it really is', () => {
    expect(new DiskRoom('/tmp', 0).problem).toBeNull();
    expect(new DiskRoom('/tmp', 1_000_000_000).problem).toMatch(/MiB are free/);
  });
});
