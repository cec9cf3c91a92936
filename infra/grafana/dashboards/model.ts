import type { Dashboard, Mark, Panel } from './panel.js';

/** As they are provisioned (provisioning/datasources). */
const prometheus = { type: 'prometheus', uid: 'prometheus' };
const loki = { type: 'loki', uid: 'loki' };

/** Of 24 columns. */
const sizes = {
  lines: { w: 8, h: 8 },
  number: { w: 4, h: 4 },
  table: { w: 24, h: 6 },
  logs: { w: 24, h: 9 },
};
const columns = 24;

const marks: readonly Mark[] = [
  {
    name: 'Epochs',
    color: 'blue',
    query: '{app=~"manager|oakring"} | json | event="EpochOpened"',
  },
  {
    name: 'Storms',
    color: 'red',
    query: '{app=~"manager|oakring"} | json | event=~"StormBegan|StormEnded"',
  },
  {
    name: 'Deploys',
    color: 'green',
    query:
      '{app=~"manager|oakring"} | json | event=~"JobSubmitted|JobUpdated|RolloutCompleted|RolloutFailed"',
  },
];

/** The JSON model of a dashboard, as Grafana reads it from a file. */
export function modelOf({ uid, title, description, rows }: Dashboard) {
  return {
    ...{ uid, title, description, tags: ['oakring'], schemaVersion: 41, version: 1 },
    ...{ editable: false, refresh: '30s', time: { from: 'now-3h', to: 'now' } },
    links: [
      {
        ...{ type: 'dashboards', title: 'Oakring', tags: ['oakring'], icon: 'dashboard' },
        ...{ url: '', tooltip: '', asDropdown: false, targetBlank: false },
        ...{ includeVars: false, keepTime: true },
      },
    ],
    templating: { list: [] },
    annotations: { list: marks.map(annotation) },
    panels: placed(rows),
  };
}

/** The event's own line, at its time, in all panels. */
function annotation({ name, color, query }: Mark) {
  return {
    ...{ name, enable: true, iconColor: color, datasource: loki, expr: query },
    ...{ titleFormat: '{{event}}', textFormat: '{{msg}} {{job}} {{node}}', tagKeys: 'app' },
  };
}

/** Row by row, each panel beside the one before while there is room. */
function placed(rows: Dashboard['rows']) {
  const models: (ReturnType<typeof rowModel> | ReturnType<typeof panelModel>)[] = [];
  let [x, y, high] = [0, 0, 0];
  const feed = (): void => {
    y += high;
    [x, high] = [0, 0];
  };
  for (const [title, panels] of Object.entries(rows)) {
    feed();
    models.push(rowModel(models.length + 1, title, { x: 0, y, w: columns, h: 1 }));
    y += 1;
    for (const panel of panels) {
      const size = sizes[panel.shows ?? 'lines'];
      if (x + size.w > columns) feed();
      models.push(panelModel(models.length + 1, panel, { x, y, ...size }));
      x += size.w;
      high = Math.max(high, size.h);
    }
  }
  return models;
}

/** In columns and rows of the page. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function rowModel(id: number, title: string, gridPos: Place) {
  return { id, type: 'row', title, collapsed: false, gridPos, panels: [] };
}

function panelModel(id: number, panel: Panel, gridPos: Place) {
  const { title, description, unit, shows = 'lines', queries } = panel;
  const datasource = shows === 'logs' ? loki : prometheus;
  const targets = Object.entries(queries).map(([legend, expr], at) => ({
    ...{ refId: String.fromCharCode('A'.charCodeAt(0) + at), datasource, expr },
    ...(shows === 'logs' ? {} : { legendFormat: legend }),
    ...(shows === 'table' ? { instant: true, format: 'table' } : {}),
  }));
  const { type, custom, options, transformations } = looks[shows];
  const fieldConfig = { defaults: { unit, custom }, overrides: [] };
  const shown = { datasource, targets, transformations, fieldConfig, options };
  return { id, type, title, description, ...shown, gridPos };
}

/** What of Grafana's each is shown by. */
const looks = {
  lines: {
    type: 'timeseries',
    transformations: [],
    custom: { fillOpacity: 10, showPoints: 'never' },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },
  number: {
    type: 'stat',
    transformations: [],
    custom: {},
    options: { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } },
  },
  table: {
    type: 'table',
    custom: {},
    options: { showHeader: true },
    // What is the same in every row.
    transformations: [
      {
        id: 'organize',
        options: { excludeByName: { Time: true, Value: true, __name__: true, alertstate: true } },
      },
    ],
  },
  logs: {
    type: 'logs',
    transformations: [],
    custom: {},
    options: { showTime: true, wrapLogMessage: true, sortOrder: 'Descending' },
  },
};
