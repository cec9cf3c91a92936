import { parseJsonObject } from '@oakring/contracts';
import { readRegistration } from '@oakring/contracts/oakestra';
import { downKinds, incarnationIn, nativeDown } from '@oakring/contracts/native';
import type { Dialect } from '../../../apps/manager/src/wires/dialect.port.js';
import { nativeDialect } from '../../../apps/manager/src/wires/native/native.dialect.js';
import { oakestraDialect } from '../../../apps/manager/src/wires/oakestra/oakestra.dialect.js';
import type { Target } from '../fuzz.js';
import { bytesOf, hold, refusesWell } from './holds.js';

/** All that workers say in a dialect: which of its messages an input is, is nobody's to choose. */
function up({ name, up: topics, incarnationIn: startIn }: Dialect, seeds: Target['seeds']): Target {
  return {
    ...{ name, seeds },
    read(input) {
      for (const { decode } of topics) {
        const parsed = decode('n1', input);
        refusesWell(parsed);
        // What is taken goes into the ledger and to whoever asks, as JSON.
        if (parsed.ok) JSON.stringify(parsed.value);
      }
      const start = startIn(input);
      hold(start === null || Number.isSafeInteger(start), `incarnation ${start}`);
    },
  };
}

const native = up(nativeDialect, () =>
  bytesOf(
    '{"id":"n1","incarnation":1,"capacity":{"cpuMillis":1000,"memoryMiB":512},"technologies":["docker"],"labels":{"zone":"a"},"architecture":"arm64","token":"t","runtimes":[{"name":"docker","version":"1"}]}',
    '{"incarnation":1,"sequence":7,"at":1767225600000,"used":{"cpuMillis":10,"memoryMiB":20},"instances":[{"jobId":"j","instance":0,"generation":1,"cpuMillis":1,"memoryMiB":2}]}',
    '{"incarnation":1,"instances":[{"jobId":"j","instance":0,"generation":1,"status":"running","digest":"d"}],"page":0,"pages":1}',
    '{"incarnation":1,"commandId":"5/0","phase":"failed","error":{"code":"image-pull-failed","detail":"no \\u0041"},"generation":1}',
    '{"status":"offline","incarnation":1}',
    '{"incarnation":1,"stream":"s","lines":[{"at":1,"text":"hello","source":"stdout"}],"credit":3,"end":null}',
    '{"incarnation":1,"events":[{"at":1,"jobId":"j","instance":0,"generation":1,"says":"ended","exitCode":137}]}',
  ),
);

const oakestra = up(oakestraDialect, () =>
  bytesOf(
    '{"cpu":"3.5","free_cores":2,"memory":"40","memory_free_in_MB":512,"gpu_usage":0}',
    '{"services":[{"sname":"a.b.c.d","instance":0,"cpu":"0.1","memory":"1","disk":"0","logs":"x"}]}',
    '{"sname":"a.b.c.d","instance":0,"status":"CREATED","status_detail":"x","publicip":"1.2.3.4"}',
  ),
);

const registration: Target = {
  name: 'oakestra-registration',
  seeds: () =>
    bytesOf(
      '{"host":"h","ip":"1.2.3.4","port":"50000","vcpus":2,"vram":0,"memory":512,"virtualization":["docker"],"architecture":"amd64","csi_drivers":[]}',
    ),
  read(input) {
    const body = parseJsonObject(input);
    if (body.ok) refusesWell(readRegistration(body.value, '10.0.0.1'));
  },
};

/** What managers say to workers: a worker believes no broker. */
const orders: Target = {
  name: 'orders',
  seeds: () =>
    bytesOf(
      '{"commandId":"5/0","epoch":1,"attempt":1,"jobId":"j","instance":0,"generation":1,"operation":"deploy","job":{"image":"i","technology":"docker","environment":{"A":"b"},"ports":[{"container":80}]},"validMs":1000,"at":1}',
      '{"epoch":1,"accepted":true,"token":"t","periodMs":1000}',
      '{"epoch":1,"until":5000,"sequence":3}',
      '{"epoch":1,"wants":"state"}',
      '{"epoch":1,"stream":"s","open":{"what":"logs","jobId":"j","instance":0,"tail":10}}',
    ),
  read(input) {
    for (const kind of downKinds) refusesWell(nativeDown[kind].decode(input));
    incarnationIn(input);
  },
};

export const messages: readonly Target[] = [native, oakestra, registration, orders];
