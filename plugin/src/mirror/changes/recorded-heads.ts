/** Heads of channels as seq-metadata.yaml records them: `web-terminal fast 1.12.1`. */
import type { ChannelHead } from '../../catalog/selection/selection';

export function recordOfHead({ package: name, channel, version }: ChannelHead): string {
  return `${name} ${channel} ${version}`;
}

/** @param record as the schema of seq-metadata.yaml admits it */
export function headInRecord(record: string): ChannelHead {
  const [name = '', channel = '', version = ''] = record.split(' ');
  return { package: name, channel, version };
}
