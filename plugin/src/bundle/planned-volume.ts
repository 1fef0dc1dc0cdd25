/** How much a volume will hold: all its files except the statement and signatures. */
import { statementFile } from '../bundle-format/bundle-statement';
import { renderSha256Sums } from '../sequence/sha256-sums';
import { archiveInChain } from './blob-sources';
import { ownFiles } from './own-files';
import type { BundlePlan } from './plan';
import { filesOf } from './plan';
import { sumsFile } from './write/write';

// As long as a hash that is known only when the volume is written.
const someSha256 = 'a'.repeat(64);
const someTime = '2000-01-01T00:00:00Z';

/** @param options.isSigned whether signatures will lie beside the statement and the sums */
export function plannedVolume(
  plan: BundlePlan,
  number: number,
  { isSigned }: { isSigned: boolean },
): { readonly files: number; readonly bytes: number } {
  const files = filesOf(plan, number);
  const archives = (plan.layout.volumes[number - 1]?.archives ?? []).map((file) => ({
    path: file.path,
    bytes: file.bytes,
    sha256: someSha256,
    from: file.kind === 'whole' ? archiveInChain(file.source) : undefined,
  }));
  const splits = new Map(plan.layout.splits.map(({ name }) => [name, someSha256]));
  const own = Object.entries(ownFiles(plan, { number, made: someTime, splits, archives })).map(([path, text]) => ({
    path,
    bytes: Buffer.byteLength(text),
  }));
  const listed = [...files, ...own];
  const sums = renderSha256Sums(listed.map(({ path }) => ({ name: path, sha256: someSha256 })));
  const others = [sumsFile, statementFile].length * (isSigned ? 2 : 1);
  return {
    files: listed.length + others,
    bytes: listed.reduce((sum, { bytes }) => sum + bytes, Buffer.byteLength(sums)),
  };
}
