import {
  durationOf,
  localZone,
  momentOf,
  OakringError,
  readSettings,
  settingsCatalogue,
  unknownSettings,
  withoutCredentials,
  workerCatalogue,
} from '@oakring/contracts';
import { OakestraService, RegisterNode, SubmitJob } from '@oakring/contracts/http';
import { canonicalJson } from '@oakring/events';
import { readDocument, validated } from '@oakring/http';
import { readJobs } from '../../../apps/cli/src/commands/job-file.js';
import { CommandFailure } from '../../../apps/cli/src/exit-codes.js';
import type { Target } from '../fuzz.js';
import { bytesOf, hold, refusesWell, textOf } from './holds.js';

const job =
  '{"id":"web","name":"web","image":"nginx:1","technology":"docker","count":2,"resources":{"cpuMillis":100,"memoryMiB":64},"cmd":["a","b"],"environment":{"A":"b"},"ports":[{"container":80,"host":8080}],"constraints":[{"type":"latency","area":"x"}],"nodeLabels":{"zone":"a"},"restart":{"policy":"always"},"health":{"http":{"port":80,"path":"/"}},"volumes":[{"name":"v","path":"/v"}]}';

/** As a manager reads the body of a request. */
const bodies: Target = {
  name: 'http-body',
  seeds: () =>
    bytesOf(
      job,
      '{"id":"n1","host":"h","ip":"1.2.3.4","port":0,"resources":{"cpuMillis":1000,"memoryMiB":512},"technologies":["docker"],"labels":{}}',
      '{"system_job_id":"1","sla":{"microservices":[{"microserviceID":"1","memory":100,"vcpus":1}]}}',
    ),
  read(input) {
    const document = readDocument(input);
    refusesWell(document);
    if (!document.ok) return;
    // The ledger keeps what it is given, in the one way in which that can be written.
    const text = canonicalJson(document.value);
    hold(canonicalJson(JSON.parse(text)) === text, 'it is not kept as it is read');
    refuses(() => validated(SubmitJob, document.value));
    refuses(() => validated(RegisterNode, document.value));
    refuses(() => validated(OakestraService, document.value));
  },
};

const jobFiles: Target = {
  name: 'job-file',
  seeds: () =>
    bytesOf(
      job,
      'name: web\nimage: "nginx:1" # comment\ntechnology: docker\nenvironment:\n  A: |\n    text\n  B: >-\n    more\nports: [{container: 80}]\n---\n&a name: x\nother: *a\n...\n',
      'base: &base {image: i, technology: docker}\njob:\n  <<: *base\n  name: !!str 5\n  when: 2026-01-01\n  mask: 0o17\n  big: 1_000\n? complex\n: value\n',
    ),
  async read(input) {
    try {
      for (const written of await readJobs('-', () => Promise.resolve(textOf(input)))) {
        const { document } = written;
        for (const field of ['', 'name', 'ports.0', 'environment.A.b'])
          await written.placeOf(field);
        refuses(() => validated(SubmitJob, document));
      }
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
    }
  },
};

/** Lines of an environment, `NAME=value`. */
const settings: Target = {
  name: 'settings',
  seeds: () =>
    bytesOf(
      'OAKRING_PORT=1\nOAKRING_STORE=mongodb://u:p@h:1/db?replicaSet=r\nOAKRING_MQTT_URL=mqtts://h:8883\nOAKRING_ALLOWED_HOSTS=a,b\n',
      'OAKRING_OAKESTRA_HOSTS=10.0.0.0/8,::1\nOAKRING_WORKER_LABELS=zone=a,x=y\nOAKRING_ALLOW_OPEN=yes\nOAKRING_WORKER_CPU=1.5\n',
    ),
  read(input) {
    const lines = textOf(input).split('\n');
    const env = Object.fromEntries(
      lines.map((line) => {
        const [name = '', ...value] = line.split('=');
        return [name, value.join('=')];
      }),
    );
    for (const catalogue of [settingsCatalogue, workerCatalogue]) {
      refuses(() => readSettings(catalogue, env));
    }
    unknownSettings(env);
    for (const line of lines) withoutCredentials(line);
  },
};

const moments: Target = {
  name: 'moment',
  seeds: () =>
    bytesOf('now', '12', '-1h30m', '19:30', '2026-11-23T10:00:00.123+01:00', '5m', '2026-01-01'),
  read(input) {
    const text = textOf(input);
    const nowMs = 1_767_225_600_000;
    for (const moment of [momentOf(text, nowMs), momentOf(text, nowMs, localZone)]) {
      if (moment?.kind === 'time') hold(Number.isSafeInteger(moment.timeMs), `${moment.timeMs} ms`);
      if (moment?.kind === 'time') hold(moment.timeMs >= 0, `${moment.timeMs} ms`);
      if (moment?.kind === 'position')
        hold(Number.isSafeInteger(moment.position), `${moment.position}`);
    }
    const duration = durationOf(text);
    hold(duration === null || (Number.isSafeInteger(duration) && duration >= 0), `${duration} ms`);
  },
};

/** It may refuse, with a code and in few words. */
function refuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof OakringError)) throw error;
    const { code, message, field, value } = error;
    refusesWell({
      ok: false,
      refusal: { code, detail: message, ...(field === undefined ? {} : { field }), value },
    });
  }
}

export const documents: readonly Target[] = [bodies, jobFiles, settings, moments];
