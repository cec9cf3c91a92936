import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Stages {
  readonly json?: { readonly expressions: Readonly<Record<string, string>> };
  readonly timestamp?: { readonly source: string; readonly format: string };
  readonly labels?: Readonly<Record<string, string | null>>;
}

interface Config {
  readonly scrape_configs: readonly { readonly pipeline_stages: readonly Stages[] }[];
}

/** What Loki would be given of a line, but for the labels of its container. */
interface Entry {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly at: unknown;
}

/**
 * The pipeline of promtail.yml, read from there and followed as Promtail's manual has it, for the stages that
 * are in it: json (names of members, as our lines are flat), timestamp, labels. Promtail is not to be had here.
 */
export function promtailPipeline(): { takeApart(line: string): Entry } {
  const text = readFileSync(new URL('../promtail.yml', import.meta.url), 'utf8');
  const [config] = (parse(text) as Config).scrape_configs;
  const stages = config?.pipeline_stages ?? [];
  return {
    takeApart(line) {
      const found = new Map<string, unknown>();
      const labels: Record<string, unknown> = {};
      let at: unknown;
      for (const stage of stages) {
        const members = JSON.parse(line) as Readonly<Record<string, unknown>>;
        for (const [name, member] of Object.entries(stage.json?.expressions ?? {})) {
          if (!/^\w+$/.test(member)) throw new Error(`not the name of a member: ${member}`);
          if (member in members) found.set(name, members[member]);
        }
        if (stage.timestamp !== undefined) at = found.get(stage.timestamp.source);
        for (const [label, source] of Object.entries(stage.labels ?? {})) {
          const value = found.get(source ?? label);
          if (value !== undefined) labels[label] = value;
        }
      }
      return { labels, at };
    },
  };
}
