import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';

/**
 * The environment of Nx commands against a lab. Nothing of this run stays on the machine, and nothing of the machine gets
 * into it.
 *
 * @param options.temporary a folder that is removed after the run
 * @param options.folder where the commands are typed
 */
export function environmentOf(
  lab: Lab,
  { temporary, folder }: { readonly temporary: string; readonly folder: string },
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...lab.env(),
    SEQMIRROR_DATA_DIR: join(temporary, 'data'),
    NX_CACHE_DIRECTORY: join(temporary, 'nx-cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(temporary, 'nx-workspace-data'),
    NX_DAEMON: 'false',
    // A process for each plugin takes as long as the rest of a command.
    NX_ISOLATE_PLUGINS: 'false',
    NX_TUI: 'false',
    // npm's word for where a command was typed, which Nx believes more than the folder that it is in.
    INIT_CWD: folder,
    // A proxy cannot reach the lab.
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    FORCE_COLOR: '0',
    NO_COLOR: '1',
  };
}
