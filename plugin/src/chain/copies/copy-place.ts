/** Places outside the mirror with copies of archives: a folder on another disk, or a place in object storage. */
import type { Mirror } from '../../mirror/mirror';
import type { PathBelow } from '../../system/path-below';
import type { CopyRun, RecordedArchive } from './archive-copy';

/** A copy as far as it is known without reading it. */
export interface SeenCopy {
  readonly bytes: number;
  /** What the place says about the content; a folder says nothing. */
  readonly statedSha256?: string | undefined;
}

/** Paths are relative, with slashes: `seq1-baseline.2d711642b726/mirror_000001.tar`. */
export interface CopyPlace {
  /** As custody.yaml names it: `/media/archive`, `s3://bucket/prefix`. */
  readonly where: string;
  /** `undefined` if there is no file. */
  look(path: string): Promise<SeenCopy | undefined>;
  /** The sha256 of all bytes, read from the place; `undefined` if they cannot be read. */
  sha256Of(path: string, run: CopyRun): Promise<string | undefined>;
  /**
   * Copies an archive there and reads the copy back, or finds that it is there already.
   *
   * @param archive `file`: the archive on this machine, if it is here
   * @throws SEQ0261 if something else is there, SEQ0262 if the copy does not read back as it was written
   */
  put(
    path: string,
    archive: { readonly file: string | undefined; readonly recorded: RecordedArchive },
    run: CopyRun,
  ): Promise<'there' | 'copied' | 'missing' | 'not what was sealed'>;
  /** Copies an archive from there. @returns whether it is the recorded one; if not, nothing was written */
  fetch(path: string, to: PathBelow, run: CopyRun & { readonly recorded: RecordedArchive }): Promise<boolean>;
  /** Bytes that fit there; `undefined` if nobody knows. */
  freeBytes(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface PlaceRun {
  readonly mirror: Mirror;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly run: CopyRun;
}
