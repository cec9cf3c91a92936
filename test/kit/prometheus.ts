import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from '../../infra/machine/free-port.js';
import { endGroup, runProgram, temporaryFolder } from './processes.js';

interface Config {
  readonly scrape_configs: readonly { readonly job_name: string }[];
}

/** What of its answers is looked at. */
interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly { readonly metric: object }[];
    readonly alerts: readonly { readonly state: string; readonly labels: { alertname: string } }[];
  };
}

export interface Prometheus {
  /** What it finds now; fails with its own words on a query that it does not understand. */
  find(query: string): Promise<readonly object[]>;
  /** Names of the alerts that fire. */
  firing(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const hasPrometheus = spawnSync('prometheus', ['--version']).error === undefined;

/**
 * A real one with the files that are shipped, but that it looks each second, at these addresses by the jobs of
 * the shipped file.
 */
export async function startPrometheus(
  addresses: Readonly<Record<string, string>>,
): Promise<Prometheus> {
  const folder = temporaryFolder();
  const shipped = parse(readFileSync('infra/prometheus/prometheus.yml', 'utf8')) as Config;
  const config = {
    ...shipped,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [resolve('infra/prometheus/alerts.yml')],
    scrape_configs: shipped.scrape_configs.map(({ job_name: job }) => ({
      job_name: job,
      static_configs: [{ targets: [new URL(addresses[job] ?? '').host] }],
    })),
  };
  writeFileSync(join(folder.path, 'prometheus.yml'), stringify(config));
  const port = await freePort();
  const program = runProgram('prometheus', [
    `--config.file=${join(folder.path, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder.path, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  await program.prints(/Server is ready to receive web requests/);
  const ask = async (path: string): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    return (await response.json()) as Answer;
  };
  return {
    async find(query) {
      const { status, error, data } = await ask(`query?query=${encodeURIComponent(query)}`);
      if (status !== 'success') throw new Error(`${query}: ${error}`);
      return data.result;
    },
    async firing() {
      const { data } = await ask('alerts');
      return data.alerts.flatMap(({ state, labels }) =>
        state === 'firing' ? [labels.alertname] : [],
      );
    },
    async stop() {
      program.child.kill('SIGTERM');
      await program.ended;
      endGroup(program);
      folder.remove();
    },
  };
}
