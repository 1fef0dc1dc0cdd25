import type { Dice } from '../../testing/lab/random';
import type { ExtraFile } from './write-archive';

/** What oc-mirror packs beside the registry's files: logs, its history, its copy of the configuration, catalogs. */
export function workingDirFiles(dice: Dice, config: string): ExtraFile[] {
  const log = Array.from(
    { length: 20 + dice.number(60) },
    (_, line) => `2026/11/23 06:08:${line}  [INFO]   : line ${dice.number(1e6)}\n`,
  );
  const catalog = 'operator-catalogs/redhat-operator-index/0123456789abcdef/catalog-config';
  return [
    { name: 'working-dir/logs/oc-mirror.log', content: Buffer.from(log.join('')) },
    {
      name: 'working-dir/.history/.history-2026-11-23T06:08:52Z',
      content: Buffer.from(`sha256:${'0'.repeat(64)}: {}\n`),
    },
    {
      name: `working-dir/${catalog}/logging/catalog.json`,
      content: Buffer.from('{"schema":"olm.package","name":"logging"}\n'),
    },
    {
      name: `working-dir/helm/charts/${'long/'.repeat(30)}chart-1.0.0.tgz`,
      content: Buffer.alloc(dice.number(3_000), 'c'),
    },
    { name: 'working-dir/empty', content: Buffer.alloc(0) },
    { name: 'isc_20261123', content: Buffer.from(config) },
  ];
}
