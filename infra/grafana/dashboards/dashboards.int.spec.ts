import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventSchemas } from '@oakring/events';
import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import { parse } from 'yaml';
import { linesOfEvents } from '../../loki/testing/event-lines.js';
import { LogQuery } from '../../loki/testing/log-query.js';
import { cluster } from './cluster.js';
import { ledger } from './ledger.js';
import { modelOf } from './model.js';
import { units } from './panel.js';

const folder = 'infra/grafana/provisioning';
const closed = { additionalProperties: false };
const text = Type.String({ minLength: 1 });

const datasource = Type.Object({ type: text, uid: text }, closed);
const gridPos = Type.Object(
  {
    x: Type.Integer({ minimum: 0, maximum: 23 }),
    y: Type.Integer({ minimum: 0 }),
    w: Type.Integer({ minimum: 1, maximum: 24 }),
    h: Type.Integer({ minimum: 1 }),
  },
  closed,
);
const target = Type.Object(
  {
    refId: Type.String({ pattern: '^[A-Z]$' }),
    datasource,
    expr: text,
    legendFormat: Type.Optional(Type.String()),
    instant: Type.Optional(Type.Literal(true)),
    format: Type.Optional(Type.Literal('table')),
  },
  closed,
);
const row = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    type: Type.Literal('row'),
    title: text,
    collapsed: Type.Literal(false),
    gridPos,
    panels: Type.Array(Type.Never()),
  },
  closed,
);
/** None without a title, a unit and a description. */
const panel = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    type: Type.Union(['timeseries', 'stat', 'table', 'logs'].map((type) => Type.Literal(type))),
    title: text,
    description: Type.String({ minLength: 20 }),
    datasource,
    targets: Type.Array(target, { minItems: 1 }),
    transformations: Type.Array(
      Type.Object({ id: Type.Literal('organize'), options: Type.Object({}) }, closed),
    ),
    fieldConfig: Type.Object(
      {
        defaults: Type.Object(
          { unit: Type.Union(units.map((unit) => Type.Literal(unit))), custom: Type.Object({}) },
          closed,
        ),
        overrides: Type.Array(Type.Never()),
      },
      closed,
    ),
    options: Type.Object({}),
    gridPos,
  },
  closed,
);
const annotation = Type.Object(
  {
    ...{ name: text, enable: Type.Boolean(), iconColor: text, datasource, expr: text },
    ...{ titleFormat: text, textFormat: text, tagKeys: text },
  },
  closed,
);

/** What Grafana's dashboards consist of, as far as ours use it (its `kinds/dashboard` says the rest). */
const model = Compile(
  Type.Object(
    {
      ...{ uid: Type.String({ pattern: '^[\\w-]{1,40}$' }), title: text, description: text },
      ...{ tags: Type.Array(text), schemaVersion: Type.Literal(41), version: Type.Literal(1) },
      ...{ editable: Type.Literal(false), refresh: text },
      time: Type.Object({ from: text, to: text }, closed),
      links: Type.Array(Type.Object({})),
      templating: Type.Object({ list: Type.Array(Type.Never()) }, closed),
      annotations: Type.Object({ list: Type.Array(annotation) }, closed),
      panels: Type.Array(Type.Union([row, panel]), { minItems: 1 }),
    },
    closed,
  ),
);

const dashboards = [cluster, ledger];
const models = dashboards.map(modelOf);

const provisioned = readdirSync(`${folder}/datasources`).flatMap((file) => {
  const { datasources } = parse(readFileSync(`${folder}/datasources/${file}`, 'utf8')) as {
    readonly datasources: readonly { readonly uid: string; readonly type: string }[];
  };
  return datasources.map(({ uid, type }) => ({ type, uid }));
});

describe.each(models)('The dashboard $title', (dashboard) => {
  const shown = dashboard.panels.flatMap((each) => ('targets' in each ? [each] : []));

  it('is the file that Grafana reads; if not, npm run dashboards writes it anew', () => {
    const file = `${folder}/dashboards/${dashboard.uid}.json`;
    const written = `${JSON.stringify(dashboard, null, 1)}\n`;
    if (process.env['OAKRING_WRITES_DASHBOARDS'] === 'true') writeFileSync(file, written);
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  it("is a model as Grafana's are, with a title, a unit and a description for each panel", () => {
    // As it is read.
    const read: unknown = JSON.parse(JSON.stringify(dashboard));
    expect(model.Errors(read)).toEqual([true, []]);
  });

  it('has panels that do not lie upon one another', () => {
    const taken = new Map<string, number>();
    for (const { id, gridPos: at } of dashboard.panels) {
      for (let x = at.x; x < at.x + at.w; x += 1) {
        for (let y = at.y; y < at.y + at.h; y += 1) {
          expect([taken.get(`${x}/${y}`), id]).toEqual([undefined, id]);
          taken.set(`${x}/${y}`, id);
        }
      }
    }
  });

  it('asks sources that are provisioned', () => {
    const asked = [
      ...shown.flatMap(({ datasource: own, targets }) => [
        own,
        ...targets.map((it) => it.datasource),
      ]),
      ...dashboard.annotations.list.map((it) => it.datasource),
    ];
    for (const source of asked) expect(provisioned).toContainEqual(source);
  });

  it('has marks for each epoch, storm and deploy, as the leader writes them', () => {
    const events = [
      'EpochOpened',
      'StormBegan',
      'StormEnded',
      'JobSubmitted',
      'JobUpdated',
    ] as const;
    for (const type of [...events, 'RolloutCompleted', 'RolloutFailed'] as const) {
      const [line = ''] = linesOfEvents([{ stream: 'jobs/web', type, data: {} as never }]);
      const found = dashboard.annotations.list.filter(({ expr }) => new LogQuery(expr).find(line));
      expect(found).toHaveLength(1);
    }
  });

  it('asks of lines what is in them: events that are told, and members that every such line has', () => {
    const queries = [
      ...dashboard.annotations.list.map(({ expr }) => expr),
      ...shown
        .filter(({ type }) => type === 'logs')
        .flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ].map((expr) => new LogQuery(expr));
    const told = Object.keys(eventSchemas).flatMap((type) =>
      linesOfEvents([{ stream: 'jobs/web', type: type as never, data: { command: [] } as never }]),
    );
    for (const { selectors, filters } of queries) {
      expect(['app', 'level', 'cluster']).toEqual(
        expect.arrayContaining(selectors.map(({ name }) => name)),
      );
      for (const { name, value } of filters) {
        for (const one of value.split('|')) {
          const pattern = new RegExp(`"${name}":"${one}"`);
          expect([one, told.some((line) => pattern.test(line))]).toEqual([one, true]);
        }
      }
    }
  });
});

describe('Grafana', () => {
  it('has a file for each dashboard, and no other', () => {
    const files = readdirSync(`${folder}/dashboards`).filter((file) => file.endsWith('.json'));
    expect(files.sort()).toEqual(models.map(({ uid }) => `${uid}.json`).sort());
  });
});
