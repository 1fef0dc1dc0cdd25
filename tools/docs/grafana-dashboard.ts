/** docs/grafana-dashboard.json: a dashboard for the metrics of `nx run mirror:metrics`. */
export interface Panel {
  readonly title: string;
  /** As Grafana names it: https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/ */
  readonly type: 'stat' | 'timeseries' | 'table';
  readonly unit: 'bytes' | 'short' | 's' | 'dateTimeFromNow';
  readonly query: string;
  /** `{{site}}` */
  readonly legend: string;
}

const chosen = 'mirror=~"$mirror"';

export const panels: readonly Panel[] = [
  stat('Errors in records', 'short', `seqmirror_findings{${chosen}}`),
  stat('Last seal', 'dateTimeFromNow', `seqmirror_last_seal_timestamp_seconds{${chosen}} * 1000`),
  stat('Collected', 'dateTimeFromNow', `seqmirror_collected_timestamp_seconds{${chosen}} * 1000`),
  stat('Archives', 'bytes', `seqmirror_chain_archive_bytes{${chosen}}`),
  stat('Saved against complete archives', 'bytes', `seqmirror_chain_saved_bytes{${chosen}}`),
  stat('A new site needs', 'bytes', `seqmirror_new_site_bytes{${chosen}}`),
  series('Sequences that each site lacks', 'short', `seqmirror_site_lag_sequences{${chosen}}`, 'site'),
  series('Bytes that each site lacks', 'bytes', `seqmirror_site_lag_bytes{${chosen}}`, 'site'),
  series('Head of each site', 'short', `seqmirror_site_head{${chosen}}`, 'site'),
  series('Since each site answered', 's', `time() - seqmirror_site_acknowledged_timestamp_seconds{${chosen}}`, 'site'),
  series('Transfers on their way', 'short', `seqmirror_site_transfers_in_transit{${chosen}}`, 'site'),
  series('Transfers overdue', 'short', `seqmirror_site_transfers_overdue{${chosen}}`, 'site'),
  series('Archives of each sequence', 'bytes', `seqmirror_sequence_archive_bytes{${chosen}}`, 'sequence'),
  series('Duration of runs', 's', `seqmirror_run_seconds{${chosen}}`, 'sequence'),
  series('Copies of each sequence', 'short', `seqmirror_custody_copies{${chosen}}`, 'sequence'),
  series('Age of the last check', 's', `time() - seqmirror_custody_verified_timestamp_seconds{${chosen}}`, 'sequence'),
  series('Lost sequences', 'short', `sum by (mirror) (seqmirror_custody_lost{${chosen}})`, 'mirror'),
  series('Images of each sequence', 'short', `seqmirror_sequence_images{${chosen}}`, 'sequence'),
];

const [across, height] = [3, 8];

/** The dashboard as Grafana imports it: it asks for the data source. */
export function grafanaDashboard(): object {
  return {
    __inputs: [{ name: 'DS_PROMETHEUS', label: 'Prometheus', type: 'datasource', pluginId: 'prometheus' }],
    title: 'seqmirror',
    uid: 'seqmirror',
    schemaVersion: 39,
    time: { from: 'now-90d', to: 'now' },
    templating: {
      list: [
        {
          name: 'mirror',
          label: 'Mirror',
          type: 'query',
          datasource: '${DS_PROMETHEUS}',
          query: 'label_values(seqmirror_sequences, mirror)',
          includeAll: true,
          multi: true,
          refresh: 2,
        },
      ],
    },
    panels: panels.map(({ title, type, unit, query, legend }, index) => ({
      id: index + 1,
      title,
      type,
      datasource: '${DS_PROMETHEUS}',
      fieldConfig: { defaults: { unit }, overrides: [] },
      gridPos: {
        x: (index % across) * (24 / across),
        y: Math.floor(index / across) * height,
        w: 24 / across,
        h: height,
      },
      targets: [{ refId: 'A', expr: query, legendFormat: legend }],
    })),
  };
}

function stat(title: string, unit: Panel['unit'], query: string): Panel {
  return { title, type: 'stat', unit, query, legend: '{{mirror}}' };
}

function series(title: string, unit: Panel['unit'], query: string, by: 'site' | 'sequence' | 'mirror'): Panel {
  return { title, type: 'timeseries', unit, query, legend: by === 'mirror' ? '{{mirror}}' : `{{mirror}} {{${by}}}` };
}
