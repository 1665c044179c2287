/** One curve of a panel. */
export interface Query {
  expr: string
  legend: string
}

export type Unit = 'short' | 'percentunit' | 's' | 'dateTimeFromNow' | 'reqps'

/** One picture: a title that says what is seen, and what to make of it. */
export interface Panel {
  title: string
  description: string
  unit: Unit
  kind: 'timeseries' | 'stat' | 'table'
  queries: readonly Query[]
}

/** A row of the dashboard, as wide as the screen. */
export interface Row {
  title: string
  panels: readonly Panel[]
}

const COLUMNS = 24
const PANEL_HEIGHT = 8

/** Places the rows below each other as Grafana's dashboard JSON. Same rows, same bytes. */
export function dashboardJson(identity: { uid: string; title: string }, rows: readonly Row[]): string {
  const panels: object[] = []
  let y = 0
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { h: 1, w: COLUMNS, x: 0, y },
    })
    const width = Math.floor(COLUMNS / row.panels.length)
    row.panels.forEach((panel, index) => {
      const gridPos = { h: PANEL_HEIGHT, w: width, x: index * width, y: y + 1 }
      panels.push({ id: panels.length + 1, gridPos, ...toPanel(panel) })
    })
    y += PANEL_HEIGHT + 1
  }
  const document = {
    ...identity,
    editable: false,
    panels,
    refresh: '30s',
    schemaVersion: 39,
    tags: ['torghut'],
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }],
    },
    time: { from: 'now-6h', to: 'now' },
    timezone: 'utc',
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' }

function toPanel({ title, description, unit, kind, queries }: Panel) {
  return {
    type: kind,
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: kind === 'stat' ? { reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'value_and_name' } : {},
    targets: queries.map(({ expr, legend }, index) => ({
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      refId: String.fromCharCode(65 + index),
      ...(kind === 'table' ? { format: 'table', instant: true } : {}),
    })),
  }
}
