import { engineLabel } from '../../engine/engine-version';
import type { FilesInForce, MirrorInfo } from '../../info/info';
import type { SettingInForce } from '../../info/settings-in-force';
import { formatBytes } from '../../system/byte-size';
import { renderExplanation } from '../../system/errors';
import { printable } from '../../system/printable';
import { renderTable } from './table';

/** What `nx run mirror:info` says: the settings with their sources, then what counts on this machine. */
export function renderInfo(info: MirrorInfo): string {
  const { mirror, id, folder, settings, dataDirectory, registries, environment, versions } = info;
  const variables = Object.entries(environment).map(([name, value]) => `  ${name}=${printable(value)}`);
  return [
    `${mirror} in ${printable(folder)}/, id ${id}`,
    '',
    renderTable(
      [{ title: 'SETTING' }, { title: 'VALUE' }, { title: 'FROM' }],
      settings.map((setting) => [setting.key, printable(valueInWords(setting.value)), sourceOf(setting)]),
    ),
    '',
    engineInWords(info),
    `Data directory: ${printable(dataDirectory.path)} ${dataDirectory.isThere ? '' : '(does not exist yet) '}with ${formatBytes(dataDirectory.freeBytes)} free`,
    ...(settings.some(({ key }) => key.startsWith('signing.'))
      ? []
      : ['Signing: off; chain.lock and bundles are not signed']),
    ...filesInWords('Credentials', registries.credentials),
    ...filesInWords('registries.conf', registries.registriesConf),
    ...(variables.length === 0 ? [] : ['Environment:', ...variables]),
    `seqmirror ${versions.seqmirror}, Node ${versions.node}, ${versions.platform}`,
  ].join('\n');
}

function engineInWords({ engine, settings }: MirrorInfo): string {
  if ('problem' in engine) return renderExplanation(engine.problem);
  const label = engineLabel({ ...engine, engine: engine.name });
  const asked = settings.find(({ key }) => key === 'engine')?.value;
  const why =
    asked !== 'auto'
      ? 'set by `engine`'
      : engine.name === 'oc-mirror'
        ? '`engine` is auto, and oc-mirror is installed'
        : '`engine` is auto, and oc-mirror is not installed';
  return `Engine: ${label} (${engine.found}); ${why}`;
}

function sourceOf({ from }: SettingInForce): string {
  if (from.kind === 'file') return `${printable(from.file)}:${from.line}`;
  return from.kind === 'environment' ? from.variable : 'default';
}

function valueInWords(value: unknown): string {
  return Array.isArray(value) ? value.join(' ') : String(value);
}

function filesInWords(what: string, { namedBy, files }: FilesInForce): string[] {
  const named = namedBy === undefined ? '' : ` (named by ${namedBy})`;
  const [first] = files;
  if (first === undefined) return [`${what}: no file found`];
  if (files.length === 1) return [`${what}${named}: ${fileInWords(first)}`];
  return [`${what}${named}, in this order:`, ...files.map((file) => `  ${fileInWords(file)}`)];
}

function fileInWords({ path, isThere }: FilesInForce['files'][number]): string {
  return `${printable(path)}${isThere ? '' : ' (does not exist)'}`;
}
