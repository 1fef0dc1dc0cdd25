/**
 * Looks for secrets in everything that leaves with the archives. Blobs, catalogs, charts and release manifests are what
 * upstream publishes, including examples with passwords; this side adds logs, configurations, and everything else in
 * the folder.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveIndex } from '../archive/archive-index';
import { isArchiveName } from '../archive/names';
import { entryPieces } from '../archive/read-entry';
import { recordNames } from '../mirror/records';
import type { Finding } from '../system/errors';
import { entriesIn } from '../system/files';
import { streamRegular } from '../system/regular-file';
import { secretTravels } from './errors';
import { secretsIn } from './secrets';

const upstream =
  /^working-dir\/(?:operator-catalogs|helm|hold-release|release-images|graph-preparation|signatures|\.history)\//;
const generated: ReadonlySet<string> = new Set([recordNames.inventory, recordNames.sums]);
const largestFileBytes = 16 * 1024 * 1024;
const mostFiles = 1000;

interface SecretScan {
  /** The folder that contains the sequence's folder, and its name. */
  readonly folder: string;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** A finding for each entry of the archives and each file of the sequence's folder that holds secrets. */
export async function scanForSecrets(indexes: readonly ArchiveIndex[], scanned: SecretScan): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const index of indexes) {
    for (const entry of [...index.workingDir, ...index.other]) {
      if (upstream.test(entry.name)) continue;
      const secrets = await secretsIn(entryPieces(index, entry, { signal: scanned.signal }));
      if (secrets.length === 0) continue;
      const place = `${scanned.name}/${index.name}: ${entry.name}`;
      findings.push(
        secretTravels({ place, secrets, next: 'Change the password or key, and make the archive again without it' }),
      );
    }
  }
  for (const path of await filesIn(join(scanned.folder, scanned.name))) {
    const secrets = await secretsIn(streamRegular(join(scanned.folder, scanned.name, path)));
    if (secrets.length === 0) continue;
    findings.push(
      secretTravels({
        place: `${scanned.name}/${path}`,
        secrets,
        next: 'Change the password or key, and delete the file',
      }),
    );
  }
  return findings;
}

/** Regular files of the folder that people copy, without archives and generated records. */
async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [''];
  for (const at of folders) {
    for (const entry of await entriesIn(join(folder, at))) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory() && !upstream.test(`${path}/`)) folders.push(path);
      if (!entry.isFile() || generated.has(path) || isArchiveName(path)) continue;
      if (files.length < mostFiles && (await lstat(join(folder, path))).size <= largestFileBytes) files.push(path);
    }
    if (folders.length > mostFiles) break;
  }
  return files;
}
