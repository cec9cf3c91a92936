import { describe, expect, it } from '@jest/globals';
import { qemuArguments, type Machine } from './qemu-command.js';

const machine: Machine = {
  image: { path: '/images/guest', kind: 'kernel' },
  resources: { cpuMillis: 1500, memoryMiB: 64 },
  accelerator: 'tcg',
  monitor: '/run/guest.sock',
  kernelArguments: null,
  environment: '/run/guest.environment',
  forwards: [],
};
const after = (option: string, words: readonly string[]): string | undefined =>
  words[words.indexOf(option) + 1];

describe('QEMU is told', () => {
  it('as many cores as hold what is reserved, and the memory', () => {
    const words = qemuArguments(machine);
    expect(after('-smp', words)).toBe('2');
    expect(after('-m', words)).toBe('64M');
  });

  it('enough memory to begin with where none is reserved', () => {
    const words = qemuArguments({ ...machine, resources: { cpuMillis: 0, memoryMiB: 0 } });
    expect(after('-smp', words)).toBe('1');
    expect(after('-m', words)).toBe('16M');
  });

  it('which ports of the guest are reached through which of the node', () => {
    const forward = { protocol: 'tcp', address: '0.0.0.0', published: 8080, port: 80 } as const;
    const words = qemuArguments({ ...machine, forwards: [forward] });
    expect(after('-netdev', words)).toBe('user,id=net,hostfwd=tcp:0.0.0.0:8080-:80');
  });

  it('what a kernel is given as one word, commas and all', () => {
    const words = qemuArguments({ ...machine, kernelArguments: 'a=1,2 quiet' });
    expect(after('-append', words)).toBe('a=1,2 quiet');
  });

  it('paths in which a comma ends nothing', () => {
    const image = { path: '/a,file=/etc/passwd', kind: 'raw' } as const;
    const words = qemuArguments({ ...machine, image, monitor: '/a,b.sock' });
    expect(after('-drive', words)).toContain('file=/a,,file=/etc/passwd,format=raw');
    expect(after('-qmp', words)).toBe('unix:/a,,b.sock,server=on,wait=off');
  });
});
