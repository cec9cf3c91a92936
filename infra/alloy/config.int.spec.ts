import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

/** What is looked at in infra/promtail/promtail.yml. */
interface Promtail {
  readonly clients: readonly { readonly url: string }[];
  readonly scrape_configs: readonly {
    readonly relabel_configs: readonly {
      readonly source_labels: readonly string[];
      readonly target_label: string;
    }[];
    readonly pipeline_stages: readonly {
      readonly json?: { readonly expressions: Readonly<Record<string, string>> };
      readonly timestamp?: { readonly source: string; readonly format: string };
      readonly labels?: Readonly<Record<string, null>>;
    }[];
  }[];
}

const promtail = parse(readFileSync('infra/promtail/promtail.yml', 'utf8')) as Promtail;
const [scraped] = promtail.scrape_configs;
const alloy = readFileSync('infra/alloy/config.alloy', 'utf8');

/** The blocks of that name, without their braces. */
function blocks(name: string): readonly string[] {
  const pattern = new RegExp(
    `^ *${name.replace('.', '\\.')}(?: "\\w+")? \\{\\n([\\s\\S]*?)^ *\\}$`,
    'gm',
  );
  return [...alloy.matchAll(pattern)].map(([, body = '']) => body.replaceAll(/\s+/g, ' ').trim());
}

// Neither of the two is to be had here; Promtail's file is tried on our own lines (apps/manager).
describe('infra/alloy/config.alloy', () => {
  it("has the stages of Promtail's pipeline, in their order, and no others", () => {
    const names = (scraped?.pipeline_stages ?? []).flatMap((stage) => Object.keys(stage));
    expect([...alloy.matchAll(/^ *stage\.(\w+) \{$/gm)].map(([, name]) => name)).toEqual(names);
  });

  it('takes the same members out of a line, and makes the same of them labels and its time', () => {
    const stages = Object.assign({}, ...(scraped?.pipeline_stages ?? [])) as NonNullable<
      typeof scraped
    >['pipeline_stages'][number];
    const listed = (members: readonly string[]) => `{ ${members.join(', ')} }`;
    const expressions = Object.entries(stages.json?.expressions ?? {});
    expect(blocks('stage.json')).toEqual([
      `expressions = ${listed(expressions.map(([name, member]) => `${name} = "${member}"`))}`,
    ]);
    expect(blocks('stage.labels')).toEqual([
      `values = ${listed(Object.keys(stages.labels ?? {}).map((label) => `${label} = ""`))}`,
    ]);
    const { source, format } = stages.timestamp ?? {};
    expect(blocks('stage.timestamp')).toEqual([`source = "${source}" format = "${format}"`]);
  });

  it('tells services apart by the same label, and sends to the same Loki', () => {
    const rules = (scraped?.relabel_configs ?? []).map(
      ({ source_labels: sources, target_label: target }) =>
        `source_labels = [${sources.map((each) => `"${each}"`).join(', ')}] target_label = "${target}"`,
    );
    expect(blocks('rule')).toEqual(rules);
    expect(blocks('endpoint')).toEqual(promtail.clients.map(({ url }) => `url = "${url}"`));
  });
});
