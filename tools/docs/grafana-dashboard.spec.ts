import { metrics } from '../../plugin/src/report/metrics/metrics';
import { grafanaDashboard, panels } from './grafana-dashboard';

const names = metrics.map(({ name }) => name);

describe('the Grafana dashboard', () => {
  it('asks for metrics that exist', () => {
    const asked = JSON.stringify(grafanaDashboard()).match(/seqmirror_[a-z_]+/g) ?? [];
    expect(asked.length).toBeGreaterThan(panels.length);
    expect(asked.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('shows every metric but those that a panel already says in other words', () => {
    const asked = JSON.stringify(grafanaDashboard());
    expect(names.filter((name) => !asked.includes(`${name}`))).toEqual([
      'seqmirror_sequence_sealed_timestamp_seconds',
      'seqmirror_run_bytes',
    ]);
  });
});
