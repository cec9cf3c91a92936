import Docker from 'dockerode';
import { afterAll, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { engineAddress, label } from './docker-container.js';
import { DockerRuntime } from './docker.runtime.js';
import {
  keepsTheExecContract,
  keepsTheTerminalContract,
  type ExecutingRuntime,
} from './exec.contract.js';
import { toStart } from './runtime.contract.js';
import { execCommands, sh } from './testing/exec-commands.js';
import { TestTalk } from './testing/test-talk.js';

const dockerHost = process.env['OAKRING_TEST_DOCKER_HOST'] ?? '';
const describeWithEngine = dockerHost === '' ? describe.skip : describe;

describeWithEngine('The docker runtime', () => {
  const engine = new Docker(engineAddress(dockerHost || '/nowhere'));
  const workerId = `exec-${process.pid}`;
  const containers = () =>
    engine.listContainers({ all: true, filters: { label: [`${label.worker}=${workerId}`] } });
  afterAll(async () => {
    for (const { Id } of await containers()) await engine.getContainer(Id).remove({ force: true });
  });

  const make = async (): Promise<ExecutingRuntime> => ({
    runtime: new DockerRuntime(dockerHost, workerId, systemPorts()),
    job: {
      image: 'oakring/busybox:test',
      network: 'none',
      cmd: sh('trap "exit 0" TERM; sleep 600 & wait'),
      environment: { WHERE: 'there' },
    },
    commands: execCommands,
    left: async () => {
      const [info] = await containers();
      if (info?.State !== 'running') return 0;
      const { Processes } = await engine.getContainer(info.Id).top();
      const lines: readonly string[][] = Processes;
      return lines.filter((line) => line.join(' ').includes('sleep 595')).length;
    },
  });

  describe('runs commands in containers and', () => {
    keepsTheExecContract(make);
  });
  describe('gives them terminals and', () => {
    keepsTheTerminalContract(make);
  });

  it('runs a command where the container has its program: in its folder, as its user', async () => {
    const { runtime, job } = await make();
    const address = { job: 'web', instance: 0, generation: 1 };
    const instance = toStart(address, { ...job, workingDirectory: '/tmp', user: '7' });
    await runtime.start(instance, new AbortController().signal, () => {});
    const talk = new TestTalk();
    await runtime.exec?.(instance, { command: sh('pwd; id -u'), terminal: null }, talk);
    expect(talk.out).toBe('/tmp\n7\n');
    await runtime.stop(address);
    await runtime.close();
  });
});
